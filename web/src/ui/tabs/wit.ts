// Words of a WIT document with their kinds, to be coloured. Not its job: to understand WIT.

export interface WitWord {
  kind: 'keyword' | 'type' | 'comment' | null;
  text: string;
}

const KEYWORDS =
  'package|world|interface|import|export|include|with|use|as|func|async|static|constructor|resource|record|variant|enum|flags|type|from';
const TYPES =
  'bool|s8|u8|s16|u16|s32|u32|s64|u64|f32|f64|char|string|list|option|result|tuple|own|borrow|future|stream|error-context';
// A name with a hyphen or an escape is one word, so that `list-of` is no `list`.
const WORD = new RegExp(
  `(?<comment>//[^\\n]*|/\\*[\\s\\S]*?\\*/)|(?<![\\w%-])(?:(?<keyword>${KEYWORDS})|(?<type>${TYPES}))(?![\\w-])`,
  'g',
);

export function witWords(text: string): WitWord[] {
  const words: WitWord[] = [];
  let from = 0;
  for (const match of text.matchAll(WORD)) {
    const kind = match.groups?.['comment'] ? 'comment' : match.groups?.['keyword'] ? 'keyword' : 'type';
    if (match.index > from) words.push({ kind: null, text: text.slice(from, match.index) });
    words.push({ kind, text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) words.push({ kind: null, text: text.slice(from) });
  return words;
}
