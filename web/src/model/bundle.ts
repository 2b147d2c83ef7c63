// A work as one file, to download, to drop and to send: a ZIP archive with the inputs, the document,
// and `meld.json`, which says the rest. In: a work. Out: the archive, and back the work, or null for an
// archive that is none of these.

import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { rightRun } from '../run/kept';
import { newId } from './inputs.svelte';
import { rightSettings, type KeptSettings } from './settings.svelte';
import type { Last, Part, State } from './store';

const CONTENTS = 'meld.json';
const FORMAT = 'meld bundle 1';

/** Whether bytes begin as a ZIP archive does. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

export function toBundle({ inputs, settings, run }: State): Uint8Array<ArrayBuffer> {
  const files: Zippable = {};
  const told = inputs.map(({ kept, bytes }, at) => {
    // The number tells inputs of one name apart, and keeps `..` inside.
    const file = `inputs/${at}-${kept.name.replace(/[^\w.@+-]+/g, '_')}`;
    files[file] = bytes;
    return { file, name: kept.name, package: kept.package, url: kept.url };
  });
  const { wac, ...others } = settings;
  if (wac) files['document.wac'] = strToU8(wac.text);
  const contents = { format: FORMAT, inputs: told, settings: others, wac: wac && { name: wac.name, file: 'document.wac' }, run };
  files[CONTENTS] = strToU8(JSON.stringify(contents, null, 2));
  return zipSync(files, { level: 6 }) as Uint8Array<ArrayBuffer>;
}

/** What is not whole is left out and told about, as of a work that the browser kept. */
export function fromBundle(archive: Uint8Array): Omit<Last, 'before'> | null {
  try {
    const files = unzipSync(archive);
    const file = (name: unknown) => (typeof name === 'string' && Object.hasOwn(files, name) ? files[name] : undefined);
    const { format, inputs, settings, wac, run } = JSON.parse(strFromU8(file(CONTENTS) ?? new Uint8Array())) as Record<string, unknown>;
    if (format !== FORMAT) return null;
    const lost: string[] = [];
    const parts = (Array.isArray(inputs) ? inputs : []).flatMap((value: unknown): Part[] => {
      const { file: path, name, package: pack, url } = (value ?? {}) as Record<string, unknown>;
      const bytes = file(path) as Uint8Array<ArrayBuffer> | undefined;
      if (typeof name !== 'string' || !bytes) {
        lost.push(`${String(name)} is not in the bundle.`);
        return [];
      }
      return [{ kept: { id: newId(), name, package: typeof pack === 'string' ? pack : '', url: typeof url === 'string' ? url : null }, bytes }];
    });
    const { name, file: path } = (wac ?? {}) as Record<string, unknown>;
    const text = file(path);
    const document: KeptSettings['wac'] = typeof name === 'string' && text ? { name, text: strFromU8(text) } : null;
    return { inputs: parts, settings: { ...rightSettings(settings).settings, wac: document }, run: rightRun(run), lost };
  } catch {
    return null;
  }
}
