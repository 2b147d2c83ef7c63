// A command of WASI 0.1 in the page, by browser_wasi_shim. In: a core module, arguments, standard input, and where
// output goes. Out: how it ended, and the files that it wrote. Its directory `/` is in memory. Lives in a worker.

import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI, type Inode } from '@bjorn3/browser_wasi_shim';
import type { HostOptions } from './host';
import { unwound } from './instance';
import { inInodes, inodesOf, treeOf, written } from './files';
import type { Ended, PreparedModule, RunFile } from './protocol';

/** Whether bytes are a core module, not a component: by the version and layer in the header. */
export function isModule(bytes: Uint8Array): boolean {
  return bytes[4] === 1 && bytes[6] === 0;
}

export async function compile(bytes: Uint8Array): Promise<PreparedModule> {
  return { module: await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>) };
}

type Exports = Parameters<WASI['start']>[0];

export class Program {
  readonly #wasi: WASI;
  readonly #instance: Exports;
  readonly #inodes: Map<string, Inode>;
  readonly #given: RunFile[];

  static async make({ module }: PreparedModule, { args, stdin, environment, files, print, beforeSleep }: HostOptions): Promise<Program> {
    const inodes = inodesOf(treeOf(files));
    const wasi = new WASI(args, environment.map(([name, value]) => `${name}=${value}`), [
      new OpenFile(new File(stdin)),
      new ConsoleStdout((bytes) => print('stdout', bytes)),
      new ConsoleStdout((bytes) => print('stderr', bytes)),
      new PreopenDirectory('/', inodes),
    ]);
    const { poll_oneoff: poll, ...others } = wasi.wasiImport;
    const waiting = (...given: unknown[]) => {
      beforeSleep();
      return poll?.(...given);
    };
    const imports = { wasi_snapshot_preview1: { ...others, poll_oneoff: waiting } as WebAssembly.ModuleImports };
    return new Program(wasi, (await WebAssembly.instantiate(module, imports)) as unknown as Exports, inodes, files);
  }

  private constructor(wasi: WASI, instance: Exports, inodes: Map<string, Inode>, given: RunFile[]) {
    this.#wasi = wasi;
    this.#instance = instance;
    this.#inodes = inodes;
    this.#given = given;
  }

  written(): RunFile[] {
    return written(this.#given, inInodes(this.#inodes));
  }

  run(): Ended {
    try {
      return { how: 'exited', code: this.#wasi.start(this.#instance) };
    } catch (error) {
      return unwound(error);
    }
  }
}
