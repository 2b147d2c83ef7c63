// Figures in words, the same everywhere on the page.

const group = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function count(number: number): string {
  return group.format(number);
}

export function plural(number: number, word: string): string {
  const many = /(s|x|ch|sh)$/.test(word) ? `${word}es` : word.replace(/([^aeiou])y$/, '$1ie') + 's';
  return `${count(number)} ${number === 1 ? word : many}`;
}

/** A size in decimal units, as file managers show it. */
export function bytes(number: number): string {
  if (number < 1000) return `${count(number)} B`;
  if (number < 1_000_000) return `${tenth.format(number / 1000)} kB`;
  return `${tenth.format(number / 1_000_000)} MB`;
}

export function hex(number: number): string {
  return `0x${number.toString(16)}`;
}

/** How much more or less one number is than another, as in `−19 %`. */
export function change(before: number, after: number): string {
  const percent = before === 0 ? 0 : Math.round((100 * (after - before)) / before);
  return `${percent < 0 ? '−' : percent > 0 ? '+' : ''}${Math.abs(percent)} %`;
}
