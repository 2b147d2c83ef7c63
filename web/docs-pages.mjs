// The documentation as pages beside the page: docs/*.md, the README and the package's README, each as
// HTML. In: Markdown. Out: files for the bundler. A link to another of these pages stays one; what
// points into the repository's source becomes plain text, for the source does not come along.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The pages: their paths in the repository, and their names without `.html`. */
function pages() {
  const docs = ['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((name) => name.endsWith('.md')).map((name) => [`${folder}/${name}`, name.slice(0, -3)]),
  );
  return new Map([['README.md', 'README'], ['web/package/README.md', 'package'], ...docs]);
}

/** As GitHub makes the anchor of a heading. */
const slug = (text) => text.toLowerCase().replace(/<[^>]*>|[^\w\s-]/g, '').trim().replace(/\s/g, '-');

const shell = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} - meld</title>
<style>
body { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; font: 1rem/1.55 system-ui, sans-serif; color: light-dark(#1a1d21, #e8eaed); background: light-dark(#fff, #14161a); overflow-wrap: anywhere; }
a { color: light-dark(#5b3fd6, #a996ff); } code, pre { font: 0.85em ui-monospace, monospace; } pre, table { display: block; overflow-x: auto; }
pre { padding: 0.75rem; background: light-dark(#f5f6f8, #1c1f25); border-radius: 6px; overflow-wrap: normal; } table { border-collapse: collapse; } th, td { padding: 0.3rem 0.7rem 0.3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid light-dark(#d5d9e0, #33383f); }
</style></head><body><nav><a href="../index.html">The page</a> · <a href="README.html">README</a> · <a href="LIMITS.html">Limits</a> · <a href="BENCHMARKS.html">Benchmarks</a></nav><main>
${body}</main></body></html>
`;

function render(path, names) {
  const marked = new Marked({ gfm: true });
  let title = basename(path, '.md');
  marked.use({
    renderer: {
      heading({ tokens, depth }) {
        const text = this.parser.parseInline(tokens);
        if (depth === 1) title = text.replace(/<[^>]*>/g, '');
        return `<h${depth} id="${slug(text)}">${text}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (/^(https?:|#)/.test(href)) return `<a href="${href}">${text}</a>`;
        const [file, anchor] = href.split('#');
        const name = names.get(normalize(join(dirname(path), file)));
        return name ? `<a href="${name}.html${anchor ? `#${anchor}` : ''}">${text}</a>` : text;
      },
      // Pictures are of the page itself, which is here.
      image: () => '',
      html: ({ text }) => (/<(\/?picture|source|img)\b/.test(text) ? '' : text),
    },
  });
  const body = marked.parse(readFileSync(join(root, path), 'utf8'));
  return shell(title, body);
}

/** A plugin that adds the pages to what is built. */
export function docsPages() {
  return {
    name: 'docs-pages',
    generateBundle() {
      const names = pages();
      for (const [path, name] of names) this.emitFile({ type: 'asset', fileName: `docs/${name}.html`, source: render(path, names) });
    },
  };
}
