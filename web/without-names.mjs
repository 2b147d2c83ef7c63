// Leaves the names out of the fuser that the page loads: a tenth of what comes over the network, and of
// use only to somebody who looks into the fuser. In: a core module. Out: the same without its name section.

/** An unsigned number in LEB128, and where it ends. */
function leb(bytes, at) {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [number, at];
  }
}

export function withoutNames(bytes) {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, body] = leb(bytes, at + 1);
    const end = body + size;
    const [length, name] = bytes[at] === 0 ? leb(bytes, body) : [0, 0];
    if (Buffer.from(bytes.subarray(name, name + length)).toString() !== 'name') parts.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** A plugin that does so to the fuser. */
export function fuserWithoutNames() {
  return {
    name: 'fuser-without-names',
    generateBundle(_, bundle) {
      for (const [file, asset] of Object.entries(bundle)) {
        if (/meld\.core.*\.wasm$/.test(file) && asset.type === 'asset') asset.source = withoutNames(asset.source);
      }
    },
  };
}
