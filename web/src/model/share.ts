// A work as a text that an address can carry. In: inputs with their bytes, and what is typed for a run;
// what does not fit is left out, and named. Out: the text, and back what it carries, or why it cannot be
// read: it comes from anywhere. Not its job: settings, which stand in the address by themselves.

import { deflateSync, inflateSync } from 'fflate';
import { rightRun, type KeptRun } from '../run/kept';
import type { Part } from './store';

/** An input as it is shared: its bytes, where they can be fetched, or neither where it is left out. */
export interface SharedInput {
  name: string;
  package: string;
  url: string | null;
  bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Shared {
  inputs: SharedInput[];
  run: KeptRun;
}

/** So many characters a link carries at most. Browsers take more; mail and chat often take far less. */
export const MOST = 200_000;
/** So many are read, so that what they unfold to stays small. */
const MOST_READ = 2 * MOST;
/** An input of more bytes does not become small enough. */
const NEVER_FITS = 2_000_000;
/** The three bytes that four characters of base64 stand for. */
const characters = (bytes: number) => Math.ceil((bytes * 4) / 3);

/** Which inputs a link has room for: the smallest first. What can be fetched again takes none. */
export function fitting(parts: Part[]): SharedInput[] {
  // Room for names and for what is typed.
  let room = MOST * 0.95;
  const fits = new Set<number>();
  const bySize = [...parts.keys()].sort((a, b) => (parts[a]?.bytes.length ?? 0) - (parts[b]?.bytes.length ?? 0));
  for (const at of bySize) {
    const part = parts[at];
    if (!part || part.kept.url !== null) continue;
    // What follows is larger still, and deflating it would only take time.
    if (part.bytes.length > NEVER_FITS || (room -= characters(deflateSync(part.bytes).length)) < 0) break;
    fits.add(at);
  }
  return parts.map(({ kept, bytes }, at) => ({
    name: kept.name,
    package: kept.package,
    url: kept.url,
    bytes: fits.has(at) ? bytes : null,
  }));
}

/** The length of a JSON text in four bytes, the text, and the bytes of the inputs in their order; deflated, in base64. */
export function toText({ inputs, run }: Shared): string {
  const told = inputs.map(({ name, package: pack, url, bytes }) => ({ name, package: pack, url, size: bytes?.length ?? null }));
  const head = new TextEncoder().encode(JSON.stringify({ inputs: told, run }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  const parts = [length, head, ...inputs.flatMap(({ bytes }) => (bytes ? [bytes] : []))];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return toBase64(deflateSync(whole, { level: 9 }));
}

/** Null where the text is none of `toText`'s. */
export function fromText(text: string): Shared | null {
  try {
    if (text.length > MOST_READ) return null;
    const whole = inflateSync(fromBase64(text));
    const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
    const { inputs, run } = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length))) as Record<string, unknown>;
    let at = 4 + length;
    const read = (Array.isArray(inputs) ? inputs : []).map((value: unknown): SharedInput => {
      const { name, package: pack, url, size } = (value ?? {}) as Record<string, unknown>;
      if (typeof name !== 'string' || typeof pack !== 'string') throw new TypeError('an input without a name');
      const bytes = typeof size === 'number' ? whole.slice(at, (at += size)) : null;
      if (bytes && bytes.length !== size) throw new RangeError('bytes are missing');
      return { name, package: pack, url: typeof url === 'string' ? url : null, bytes };
    });
    return { inputs: read, run: rightRun(run) };
  } catch {
    return null;
  }
}

/** In the alphabet of addresses. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
