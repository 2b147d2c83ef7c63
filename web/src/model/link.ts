// Settings in the hash of the page's address, and back. A link carries no inputs but an example's
// name. Not its job: reading or writing the address.

import { TABS, usualMemory, type KeptSettings, type Tab } from './settings.svelte';

export function toHash(settings: KeptSettings): string {
  const words = new URLSearchParams();
  words.set('output', settings.output);
  words.set('memory', settings.memory);
  words.set('wasi', settings.wasi);
  words.set('names', settings.names ? '1' : '0');
  words.set('tab', settings.tab);
  if (settings.example) words.set('example', settings.example);
  words.set('in-order', settings.inOrder ? '1' : '0');
  // An empty one says that there is none.
  for (const pattern of settings.stub.length > 0 ? settings.stub : ['']) words.append('stub', pattern);
  if (settings.wac) {
    words.set('wac-name', settings.wac.name);
    words.set('wac', settings.wac.text);
  }
  return `#${words}`;
}

/** Only what the hash says; what it says wrongly counts as not said. */
export function fromHash(hash: string): Partial<KeptSettings> {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const said: Partial<KeptSettings> = {};
  const output = words.get('output');
  if (output === 'component' || output === 'core-module') said.output = output;
  const wasi = words.get('wasi');
  if (wasi === 'as-imported' || wasi === 'preview1') Object.assign(said, { wasi, memory: usualMemory(wasi) });
  const memory = words.get('memory');
  if (memory === 'multi' || memory === 'single') said.memory = memory;
  const names = words.get('names');
  if (names === '0' || names === '1') said.names = names === '1';
  const tab = words.get('tab') as Tab;
  if (TABS.includes(tab)) said.tab = tab;
  const example = words.get('example');
  if (example) said.example = example;
  const inOrder = words.get('in-order');
  if (inOrder === '0' || inOrder === '1') said.inOrder = inOrder === '1';
  if (words.has('stub')) said.stub = words.getAll('stub').filter((pattern) => pattern !== '');
  const wac = words.get('wac');
  if (wac !== null) said.wac = { name: words.get('wac-name') || 'composition.wac', text: wac };
  return said;
}
