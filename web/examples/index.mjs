// Writes the index of the examples: node index.mjs INDEX OUT. The text of a WAC document takes the
// place of its file's name. Fails for a component that is not in OUT; what no example has is removed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [source, out] = process.argv.slice(2);
const examples = JSON.parse(readFileSync(source, 'utf8'));
const used = new Set(['index.json']);
const there = new Set(readdirSync(out));
for (const example of examples) {
  for (const { file } of example.inputs) {
    if (!there.has(file)) throw new Error(`example ${example.id}: there is no ${file}`);
    used.add(file);
  }
  if (example.wac) {
    const { name, file } = example.wac;
    example.wac = { name, text: readFileSync(join(dirname(source), file), 'utf8') };
  }
}
for (const file of there) if (!used.has(file)) rmSync(join(out, file));
writeFileSync(join(out, 'index.json'), `${JSON.stringify(examples)}\n`);
