// What a run finds around it, as it is typed: the environment and files. In: what is kept. Out: what a
// run gets, or what is wrong with it.

import { Problem } from './draft';
import type { KeptFile } from './kept';
import type { RunFile } from './protocol';

/** One variable a line. */
export function readEnvironment(text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    if (line.trim() === '') return [];
    const at = line.indexOf('=');
    if (at < 1) throw new Problem(`“${line}” is no variable: NAME=VALUE, one a line`);
    return [[line.slice(0, at).trim(), line.slice(at + 1)]];
  });
}

export function readFiles(files: readonly KeptFile[]): RunFile[] {
  const read = files.map((file) => ({ path: file.path.replace(/^\/+/, ''), bytes: bytesOf(file) }));
  const paths = read.map(({ path }) => path);
  for (const path of paths) {
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) throw new Problem(`“${path}” is no path of a file`);
    if (paths.filter((one) => one === path).length > 1) throw new Problem(`there are two files ${path}`);
    if (paths.some((one) => one.startsWith(`${path}/`))) throw new Problem(`${path} is a file and a directory`);
  }
  return read;
}

function bytesOf(file: KeptFile): Uint8Array {
  if ('text' in file) return new TextEncoder().encode(file.text);
  return Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
}

/** A file as it is kept: as text where it is one. */
export function keptFile(path: string, bytes: Uint8Array): KeptFile {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let chars = '';
    for (const byte of bytes) chars += String.fromCharCode(byte);
    return { path, base64: btoa(chars) };
  }
}

export const sizeOf = (file: KeptFile): number => bytesOf(file).length;
