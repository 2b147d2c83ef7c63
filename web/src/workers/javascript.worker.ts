// A component as JavaScript to take home, as `jco transpile` makes it: an npm package in an archive, with a program that
// starts it. In: a component, what it is called, and whether it is a command. Out: the archive. A worker of its own,
// because jco takes its time; it is ended when it has answered.

import { expose, transfer } from 'comlink';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { devDependencies } from '../../package.json';
import { messageOf, pageProblem, type Outcome } from '../model/problem';
import { generateFiles } from '../run/transpile';

const SHIM = '@bytecodealliance/preview2-shim';
const WASI = ['cli', 'clocks', 'filesystem', 'http', 'io', 'random', 'sockets'];

const PROGRAM = {
  command: "import { run } from './component.js';\n\nrun.run();\n",
  other: "import * as component from './component.js';\n\nconsole.log(component);\n",
};

async function archive(bytes: Uint8Array, name: string, isCommand: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { files, imports } = await generateFiles(bytes, {
    name: 'component',
    map: WASI.map((name) => [`wasi:${name}/*`, `${SHIM}/${name}#*`]),
    base64Cutoff: 0,
    multiMemory: true,
  });
  const made: Zippable = Object.fromEntries(files);
  const dependencies = imports.some((from) => from.startsWith(SHIM)) ? { [SHIM]: devDependencies[SHIM] } : {};
  const contents = { name, version: '0.0.0', private: true, type: 'module', main: 'component.js', types: 'component.d.ts', dependencies };
  made['package.json'] = strToU8(`${JSON.stringify(contents, null, 2)}\n`);
  made['run.mjs'] = strToU8(isCommand ? PROGRAM.command : PROGRAM.other);
  return zipSync({ [name]: made }, { level: 6 }) as Uint8Array<ArrayBuffer>;
}

const worker = {
  archive: async (bytes: Uint8Array, name: string, isCommand: boolean): Promise<Outcome<Uint8Array<ArrayBuffer>>> => {
    try {
      const value = await archive(bytes, name, isCommand);
      return transfer({ value }, [value.buffer]);
    } catch (error) {
      return { problem: pageProblem(messageOf(error)) };
    }
  },
};

export type JavaScriptWorker = typeof worker;

expose(worker);
