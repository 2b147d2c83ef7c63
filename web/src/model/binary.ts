// Where core modules and their sections lie in a binary. In: a component or core module that is valid. Out:
// ranges of bytes. Not its job: anything inside of a section.

/** From its first byte to behind its last. */
export interface Range {
  start: number;
  end: number;
}

const MODULE = 1;
const COMPONENT = 4;

/** Core modules in the order of the binary; one that stands alone is the only one. */
export function coreModules(bytes: Uint8Array): Range[] {
  const isModule = ({ start }: Range) => bytes[start + 6] === 0;
  const within = (all: Range): Range[] => {
    if (isModule(all)) return [all];
    return [...sections(bytes, all)].flatMap(({ id, body }) => (id === MODULE ? [body] : id === COMPONENT ? within(body) : []));
  };
  return within({ start: 0, end: bytes.length });
}

/** The contents of a module's custom section of this name, or null. */
export function customSection(bytes: Uint8Array, module: Range, name: string): Uint8Array | null {
  for (const { id, body } of sections(bytes, module)) {
    if (id !== 0) continue;
    const [length, start] = leb(bytes, body.start);
    if (new TextDecoder().decode(bytes.subarray(start, start + length)) === name) return bytes.subarray(start + length, body.end);
  }
  return null;
}

function* sections(bytes: Uint8Array, { start, end }: Range): Generator<{ id: number; body: Range }> {
  for (let at = start + 8; at < end; ) {
    const [size, body] = leb(bytes, at + 1);
    yield { id: bytes[at] ?? 0, body: { start: body, end: body + size } };
    at = body + size;
  }
}

/** An unsigned number of 32 bits in LEB128, and where it ends. */
function leb(bytes: Uint8Array, at: number): [number: number, end: number] {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [number, at];
  }
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, at) => byte === b[at]));
}
