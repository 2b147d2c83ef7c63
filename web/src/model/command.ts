// The command line that does what the page does, quoted for a POSIX shell.

import type { KeptSettings } from './settings.svelte';

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
  if (settings.wac) words.push('--wac', path(settings.wac.name));
  words.push('-o', path(settings.fileName));
  if (settings.output === 'component') words.push('--component');
  if (settings.names) words.push('--names');
  return words.map(quote).join(' ');
}
