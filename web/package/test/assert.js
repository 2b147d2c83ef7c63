// What a test claims, in Node.js and in browsers. In: values. Out: nothing, or an error that shows both.

/** Claims that two values are alike, whatever the order of their members. */
export function same(actual, expected, what) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(sorted(value), null, 1) ?? String(value));
  if (a !== b) throw new Error(`${what} is ${shortened(a)}\nand not ${shortened(b)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

/** What `call` fails with. */
export async function failure(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('it does not fail');
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)]);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shortened(text) {
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
