// Plain text on its way in and out of a command. In: a line of arguments; printed text. Out: the
// arguments, split as a shell splits them; text without escape sequences.

import { Problem } from './draft';

/** Splits at spaces; quotes, single or double, keep them. There are no other special characters. */
export function splitArguments(line: string): string[] {
  const args: string[] = [];
  let current: string | null = null;
  let quote: string | null = null;
  for (const char of line) {
    if (quote !== null) {
      if (char === quote) quote = null;
      else current = (current ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      current ??= '';
    } else if (/\s/.test(char)) {
      if (current !== null) args.push(current);
      current = null;
    } else {
      current = (current ?? '') + char;
    }
  }
  if (quote !== null) throw new Problem(`a ${quote} is not closed`);
  if (current !== null) args.push(current);
  return args;
}

/** The line that `splitArguments` splits into these. */
export function joinArguments(args: string[]): string {
  return args.map(quoted).join(' ');
}

function quoted(arg: string): string {
  if (arg !== '' && !/[\s"']/.test(arg)) return arg;
  // A part with one kind of quote is put into the other.
  const parts = arg.match(/[^"]+|"+/g) ?? [''];
  return parts.map((part) => (part.startsWith('"') ? `'${part}'` : `"${part}"`)).join('');
}

// Control sequences, operating system commands, and other escapes; also one that is cut off.
const ESCAPE = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;

/** Text as a terminal would show it, without colours. */
export function withoutEscapes(text: string): string {
  return text.replace(ESCAPE, '').replace(/\r\n/g, '\n');
}
