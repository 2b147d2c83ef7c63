// Names of one drawing, short enough for it. In: names, and how long one may be. Out: shorter ones, in
// which what tells them apart is left: of paths that begin alike the beginning goes, of a long name the
// middle.

export function shorten(names: string[], longest: number): string[] {
  const rests = names.map((name) => (name.length > longest ? name.slice(commonStart(names)) : name));
  const plain = new Set(rests).size === new Set(names).size ? rests.map((rest, at) => (rest === names[at] ? rest : `…/${rest}`)) : names;
  return plain.map((name) => middle(name, longest));
}

/** How long the folders are that all names begin with. */
function commonStart(names: string[]): number {
  const [first = ''] = names;
  if (names.length < 2) return first.lastIndexOf('/') + 1;
  let end = 0;
  for (let at = 0; at < first.length && names.every((name) => name[at] === first[at]); at += 1) {
    if (first[at] === '/') end = at + 1;
  }
  return end;
}

/** The end says more than the beginning. */
function middle(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const front = Math.floor((longest - 1) / 3);
  return `${name.slice(0, front)}…${name.slice(name.length - (longest - 1 - front))}`;
}
