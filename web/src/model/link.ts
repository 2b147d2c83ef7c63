// The page's address: settings in its hash, and back, with the name of an example, inputs on other
// servers, or a whole work as `share.ts` writes it. Not its job: reading or writing the address.

import { bytesOf } from './reserve';
import { isOptimization, TABS, usualMemory, type KeptSettings, type Tab } from './settings.svelte';

/** What an address says. */
export interface Said {
  settings: Partial<KeptSettings>;
  /** Addresses of inputs on other servers. */
  urls: string[];
  /** Names of inputs that the address does not have. */
  lacks: string[];
  /** A work, in the text of `share.ts`. */
  work: string | null;
}

/** An input, for an address that has no bytes. */
export interface Named {
  name: string;
  url: string | null;
}

/** Settings that are on or off, by their words in an address. */
const SWITCHES = [
  ['names', 'names'],
  ['debug-info', 'debugInfo'],
  ['provenance', 'provenance'],
  ['in-order', 'inOrder'],
] as const satisfies [string, keyof KeptSettings][];

export function toHash(settings: KeptSettings, inputs: readonly Named[] = []): string {
  const words = new URLSearchParams();
  words.set('output', settings.output);
  words.set('memory', settings.memory);
  words.set('wasi', settings.wasi);
  // An empty one says that there is none.
  const reserved = Object.entries(settings.reserve).map(([label, bytes]) => `${label}=${bytes}`);
  for (const one of reserved.length > 0 ? reserved : ['']) words.append('reserve', one);
  for (const [word, setting] of SWITCHES) words.set(word, settings[setting] ? '1' : '0');
  words.set('skip', settings.skip.join(' '));
  words.set('tab', settings.tab);
  if (settings.example) words.set('example', settings.example);
  // An empty one says that there is none.
  for (const pattern of settings.stub.length > 0 ? settings.stub : ['']) words.append('stub', pattern);
  if (settings.wac) {
    words.set('wac-name', settings.wac.name);
    words.set('wac', settings.wac.text);
  }
  if (!settings.example) {
    for (const { name, url } of inputs) words.append(url === null ? 'lacks' : 'url', url ?? name);
  }
  return `#${words}`;
}

/** The same with a whole work in it. */
export function withWork(settings: KeptSettings, work: string): string {
  return `${toHash(settings)}&work=${work}`;
}

/** Only what the address says; what it says wrongly counts as not said. Inputs may stand in its query, too. */
export function fromAddress({ hash, search }: { hash: string; search: string }): Said {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const urls = [...new URLSearchParams(search).getAll('url'), ...words.getAll('url')];
  return { settings: settingsOf(words), urls: urls.filter((url) => url !== ''), lacks: words.getAll('lacks'), work: words.get('work') };
}

/** The query of an address without the inputs in it. */
export function withoutUrls(search: string): string {
  const words = new URLSearchParams(search);
  if (!words.has('url')) return search;
  words.delete('url');
  return words.size > 0 ? `?${words}` : '';
}

/** Labels may have `=` in them, sizes have not. */
function reserveOf(words: string[]): KeptSettings['reserve'] {
  const said = words.flatMap((word) => {
    const [, label = '', size = ''] = /^(.*)=([^=]*)$/s.exec(word) ?? [];
    const bytes = bytesOf(size);
    return bytes === null ? [] : [[label, bytes] as const];
  });
  return Object.fromEntries(said);
}

function settingsOf(words: URLSearchParams): Partial<KeptSettings> {
  const said: Partial<KeptSettings> = {};
  const output = words.get('output');
  if (output === 'component' || output === 'core-module') said.output = output;
  const wasi = words.get('wasi');
  if (wasi === 'as-imported' || wasi === 'preview1') Object.assign(said, { wasi, memory: usualMemory(wasi) });
  const memory = words.get('memory');
  if (memory === 'multi' || memory === 'single') said.memory = memory;
  if (words.has('reserve')) said.reserve = reserveOf(words.getAll('reserve'));
  for (const [word, setting] of SWITCHES) {
    const on = words.get(word);
    if (on === '0' || on === '1') said[setting] = on === '1';
  }
  const skip = words.get('skip')?.split(' ').filter((name) => name !== '');
  if (skip?.every(isOptimization)) said.skip = skip;
  const tab = words.get('tab') as Tab;
  if (TABS.includes(tab)) said.tab = tab;
  const example = words.get('example');
  if (example) said.example = example;
  if (words.has('stub')) said.stub = words.getAll('stub').filter((pattern) => pattern !== '');
  const wac = words.get('wac');
  if (wac !== null) said.wac = { name: words.get('wac-name') || 'composition.wac', text: wac };
  return said;
}
