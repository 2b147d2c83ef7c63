// Files that a run finds in its directory `/`, and those that it leaves there. In: what is kept. Out:
// paths with bytes, in either WASI's way. Not its job: forms.

import { Directory, File, type Inode } from '@bjorn3/browser_wasi_shim';
import type { RunFile } from './protocol';

/** A file or a directory, as preview2-shim has them. */
export interface Entry {
  dir?: Record<string, Entry>;
  source?: Uint8Array | string;
}

/** Without a prototype, whose members would be files. */
const noEntries = (): Record<string, Entry> => Object.create(null) as Record<string, Entry>;

export function treeOf(files: RunFile[]): Entry {
  const root: Entry = { dir: noEntries() };
  for (const { path, bytes } of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let at = root;
    for (const part of parts) at = (at.dir ??= noEntries())[part] ??= { dir: noEntries() };
    (at.dir ??= noEntries())[name] = { source: bytes.slice() };
  }
  return root;
}

export function inTree(entry: Entry, way = ''): RunFile[] {
  if (!entry.dir) return [{ path: way.slice(1), bytes: bytesOf(entry.source) }];
  return Object.entries(entry.dir).flatMap(([name, inner]) => inTree(inner, `${way}/${name}`));
}

function bytesOf(source: Entry['source'] = ''): Uint8Array {
  return typeof source === 'string' ? new TextEncoder().encode(source) : source;
}

export function inodesOf({ dir = {} }: Entry): Map<string, Inode> {
  return new Map(Object.entries(dir).map(([name, entry]) => [name, entry.dir ? new Directory(inodesOf(entry)) : new File(bytesOf(entry.source))]));
}

export function inInodes(inodes: Map<string, Inode>, way = ''): RunFile[] {
  return [...inodes].flatMap(([name, inode]) => {
    const path = `${way}${name}`;
    if (inode instanceof Directory) return inInodes(inode.contents, `${path}/`);
    return inode instanceof File ? [{ path, bytes: inode.data }] : [];
  });
}

/** Those of `after` that are new or not the same, by their paths in order. */
export function written(before: RunFile[], after: RunFile[]): RunFile[] {
  const same = ({ path, bytes }: RunFile) => {
    const old = before.find((one) => one.path === path)?.bytes;
    return old !== undefined && old.length === bytes.length && old.every((byte, at) => byte === bytes[at]);
  };
  return after
    .filter((one) => !same(one))
    .map(({ path, bytes }) => ({ path, bytes: bytes.slice() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
