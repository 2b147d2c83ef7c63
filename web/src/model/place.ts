// Where an offset is in a text. In: an offset in bytes of its UTF-8. Out: the index in the string,
// and line and column as editors count them.

export interface Place {
  index: number;
  line: number;
  column: number;
}

export function placeOf(text: string, offset: number): Place {
  const before = new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, offset));
  const lines = before.split('\n');
  return { index: before.length, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
