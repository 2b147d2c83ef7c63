// What a text without a file name is. In: the text. Out: its kind, by how the languages begin and by
// what stands at their outermost level. Not its job: whether it is right.

export type PastedKind = 'component' | 'wac' | 'wit' | 'address' | 'nothing' | 'unknown';

/** What the page says about each kind, before it is taken and when it is not. */
export const PASTED: Record<PastedKind, { taken: boolean; words: string }> = {
  component: { taken: true, words: 'This is taken as a component in the text format.' },
  wac: { taken: true, words: 'This is taken as a WAC document.' },
  address: { taken: true, words: 'This is taken as the address of an input, which is fetched.' },
  wit: { taken: false, words: 'This is WIT, which says what a component imports and exports. To fuse, the page needs the component itself.' },
  nothing: { taken: false, words: 'Nothing yet' },
  unknown: { taken: false, words: 'This is no component in the text format (it begins with `(`), no WAC document (it begins with `package`), and no address.' },
};

/** Comments and strings, of WIT and of WAC. */
const SKIPPED = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"[^"\n]*"/g;

export function pastedKind(text: string): PastedKind {
  const trimmed = text.trim();
  if (trimmed === '') return 'nothing';
  if (/^https?:\/\/\S+$/.test(trimmed)) return 'address';
  // The text format has comments that begin with `(;` and `;;`.
  if (/^[(;]/.test(trimmed)) return 'component';
  const words = outermost(trimmed.replace(SKIPPED, ' '));
  if (/(^|[;}])\s*(let|import|export)\b/.test(words)) return 'wac';
  if (/(^|[;}])\s*(@[^;{}]*\s)?(interface|world|use)\b/.test(words)) return 'wit';
  return /^\s*package\s/.test(words) ? 'wac' : 'unknown';
}

/** A text without what is between braces. */
function outermost(text: string): string {
  let depth = 0;
  let found = '';
  for (const char of text) {
    if (char === '{') depth += 1;
    if (depth === 0 || (char === '}' && depth === 1)) found += char;
    if (char === '}' && depth > 0) depth -= 1;
  }
  return found;
}
