// The command line that does what the page does, quoted for a POSIX shell.

import type { Level } from './binaryen';
import { composingOf } from './recipe';
import { sizeOf } from './reserve';
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
  if (settings.memory === 'single') {
    for (const [label, bytes] of Object.entries(settings.reserve)) words.push('--reserve', `${label}=${sizeOf(bytes)}`);
  }
  if (settings.names) words.push('--names');
  if (settings.debugInfo) words.push('-g');
  if (settings.provenance) words.push('--provenance');
  if (settings.skip.length === OPTIMIZATIONS.length) words.push('-O0');
  else for (const name of settings.skip) words.push('--skip', name);
  return words.map(quote).join(' ');
}

/** The same with Binaryen behind it: at a core module, of which a component is made again. */
export function optimisedLine(inputs: { name: string; package: string }[], settings: KeptSettings, level: Level): string {
  const result = outputNameOf(settings);
  const isComponent = settings.output === 'component';
  const core = isComponent ? result.replace(/(\.wasm)?$/, '.core.wasm') : result;
  const file = quote(path(core));
  const fuse = commandLine(inputs, { ...settings, output: 'core-module', wasi: wasiOf(settings), fileName: core });
  const optimise = `wasm-opt $(meld inspect ${file} --features) ${level}${settings.names ? ' -g' : ''} ${file} -o ${file}`;
  return [fuse, optimise, ...(isComponent ? [`meld wrap ${file} -o ${quote(path(result))}`] : [])].join(' && ');
}
