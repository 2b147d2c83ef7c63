// A command of WASI 0.1 in the page, by browser_wasi_shim. In: a core module, arguments, standard input, and where
// output goes. Out: how it ended. Its directory `/` is empty, and in memory. Lives in a worker.

import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import type { HostOptions } from './host';
import { unwound } from './instance';
import type { Ended, PreparedModule } from './protocol';

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

  static async make({ module }: PreparedModule, { args, stdin, print, beforeSleep }: HostOptions): Promise<Program> {
    const wasi = new WASI(args, [], [
      new OpenFile(new File(stdin)),
      new ConsoleStdout((bytes) => print('stdout', bytes)),
      new ConsoleStdout((bytes) => print('stderr', bytes)),
      new PreopenDirectory('/', new Map()),
    ]);
    const { poll_oneoff: poll, ...others } = wasi.wasiImport;
    const waiting = (...given: unknown[]) => {
      beforeSleep();
      return poll?.(...given);
    };
    const imports = { wasi_snapshot_preview1: { ...others, poll_oneoff: waiting } as WebAssembly.ModuleImports };
    return new Program(wasi, (await WebAssembly.instantiate(module, imports)) as unknown as Exports);
  }

  private constructor(wasi: WASI, instance: Exports) {
    this.#wasi = wasi;
    this.#instance = instance;
  }

  run(): Ended {
    try {
      return { how: 'exited', code: this.#wasi.start(this.#instance) };
    } catch (error) {
      return unwound(error);
    }
  }
}
