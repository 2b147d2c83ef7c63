// The command line that does what the page does, quoted for a POSIX shell.

import { composingOf } from './recipe';
import { OPTIMIZATIONS, outputNameOf, usualMemory, wasiOf, type KeptSettings } from './settings.svelte';

export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A file name that the command takes for nothing else. */
function path(name: string): string {
  const isOption = name.startsWith('-');
  const hasPackage = /^[^=/]*:[^=]*=/.test(name);
  return isOption || hasPackage ? `./${name}` : name;
}

export function commandLine(inputs: { name: string; package: string }[], settings: KeptSettings): string {
  const words = ['meld', 'fuse'];
  for (const input of inputs) {
    words.push(input.package ? `${input.package}=${input.name}` : path(input.name));
  }
  const { wac, inOrder, stub = [] } = composingOf(settings, inputs.length);
  if (wac) words.push('--wac', path(wac.name));
  if (inOrder) words.push('--in-order');
  for (const pattern of stub) words.push('--stub', pattern);
  words.push('-o', path(outputNameOf(settings)));
  if (settings.output === 'component') words.push('--component');
  const wasi = wasiOf(settings);
  if (wasi === 'preview1') words.push('--wasi', '0.1');
  if (settings.memory !== usualMemory(wasi)) words.push('--memory', settings.memory);
  if (settings.names) words.push('--names');
  if (settings.debugInfo) words.push('-g');
  if (settings.provenance) words.push('--provenance');
  if (settings.skip.length === OPTIMIZATIONS.length) words.push('-O0');
  else for (const name of settings.skip) words.push('--skip', name);
  return words.map(quote).join(' ');
}
