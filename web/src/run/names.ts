// How jco writes a WIT name in JavaScript. In: a label, words with hyphens. Out: camel case.

function words(label: string): string[] {
  return label.split('-').map((word) => word.toLowerCase());
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Functions, methods, fields and flags: `add-all` is `addAll`. */
export function lowerCamel(label: string): string {
  return words(label)
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join('');
}

/** Resources: `guest-book` is `GuestBook`. */
export function upperCamel(label: string): string {
  return words(label).map(capital).join('');
}
