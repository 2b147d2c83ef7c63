// Colours for one line of text format. In: a line. Out: its parts by kind, and split where a search
// matches. Not its job: to understand the line.

export type Kind = 'plain' | 'keyword' | 'name' | 'string' | 'number' | 'comment' | 'rest';

export interface Part {
  kind: Kind;
  text: string;
  /** Whether a search matches here. */
  match: boolean;
}

/** Begins what stands for the rest of a long line. */
const REST = '…';

// In this order: what begins like a comment is no parenthesis.
const TOKEN = new RegExp(
  [
    /(?<rest>….*)/,
    /(?<comment>;;.*|\(;.*?;\))/,
    /(?<name>\$(?:"(?:[^"\\…]|\\.)*"?|[^\s()";…]+))/,
    /(?<string>"(?:[^"\\…]|\\.)*"?)/,
    /(?<keyword>(?<=\(|\(core )@?[a-z][\w.-]*|\b(?:block|loop|if|else|end|then|do|try|catch|try_table|br|br_if|br_table|return|unreachable|call|call_indirect|return_call|return_call_indirect|delegate|throw)(?![\w.-]))/,
    /(?<number>(?<![\w.$-])(?:[+-]?(?:0x[\da-f][\da-f_.p+-]*|\d[\d_.e+-]*|inf\b|nan\b(?::\S+)?)))/,
    /(?<word>[^\s()";$…]+)/,
  ]
    .map((token) => token.source)
    .join('|'),
  'gi',
);

const KINDS: Kind[] = ['rest', 'comment', 'name', 'string', 'keyword', 'number'];

export function parts(line: string, query: string, ignoreCase: boolean): Part[] {
  return split(tokens(line), matches(line, query, ignoreCase));
}

function tokens(line: string): Part[] {
  const found: Part[] = [];
  let end = 0;
  const add = (kind: Kind, text: string) => {
    const last = found.at(-1);
    if (kind === 'plain' && last?.kind === 'plain') last.text += text;
    else if (text) found.push({ kind, text, match: false });
  };
  for (const token of line.matchAll(TOKEN)) {
    add('plain', line.slice(end, token.index));
    add(KINDS.find((kind) => token.groups?.[kind] !== undefined) ?? 'plain', token[0]);
    end = token.index + token[0].length;
  }
  add('plain', line.slice(end));
  return found;
}

/** Where the query is in what is shown of the line. */
function matches(line: string, query: string, ignoreCase: boolean): [start: number, end: number][] {
  if (!query) return [];
  // As the disassembler does it: letters of ASCII only, so that places stay what they are.
  const fold = (text: string) => (ignoreCase ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text);
  const rest = line.indexOf(REST);
  const [text, wanted] = [fold(rest < 0 ? line : line.slice(0, rest)), fold(query)];
  const found: [number, number][] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push([at, at + wanted.length]);
  }
  return found;
}

function split(parts: Part[], matches: [start: number, end: number][]): Part[] {
  if (matches.length === 0) return parts;
  const cut: Part[] = [];
  let [start, next] = [0, 0];
  for (const part of parts) {
    const end = start + part.text.length;
    let at = start;
    while (at < end) {
      while (next < matches.length && (matches[next]?.[1] ?? 0) <= at) next += 1;
      const [from, to] = matches[next] ?? [Infinity, Infinity];
      const match = from <= at;
      const until = Math.min(end, match ? to : from);
      cut.push({ kind: part.kind, text: part.text.slice(at - start, until - start), match });
      at = until;
    }
    start = end;
  }
  return cut;
}
