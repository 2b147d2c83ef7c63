// The worker in which a component is translated and runs, or a command of WASI 0.1. In: requests. Out: answers,
// in order; an error is an answer too. The page ends it by terminating it.

import { hostOf } from './host';
import { Instance } from './instance';
import { compile, isModule, Program } from './preview1';
import { Printer } from './printer';
import { transpile } from './transpile';
import type { Answer, Ended, Request, RunFile, Stream } from './protocol';

const answer = (message: Answer): void => postMessage(message);
const printer = new Printer((stream, text) => answer({ tell: 'printed', stream, text }));
let instance: Instance | null = null;
let program: Program | null = null;
/** The files that were written. */
let written = (): RunFile[] => [];
let since = performance.now();

// What jco's code says to the browser's console, nobody would see there.
const complain = (...parts: unknown[]): void =>
  printer.print('stderr', new TextEncoder().encode(`${parts.map(String).join(' ')}\n`));
console.error = console.warn = complain;
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  complain(event.reason);
});

const elapsed = (): number => performance.now() - since;

function end(ended: Ended, files: RunFile[] = []): void {
  printer.end();
  answer({ tell: 'ended', ended, milliseconds: elapsed(), kept: [], gone: [], files });
}

function running<T>(started: T | null): T {
  if (!started) throw new Error('nothing was started');
  return started;
}

async function handle(request: Request): Promise<void> {
  since = performance.now();
  switch (request.ask) {
    case 'prepare': {
      const { bytes } = request;
      const prepared = isModule(bytes) ? await compile(bytes) : await transpile(bytes);
      answer({ tell: 'prepared', prepared, milliseconds: elapsed() });
      return;
    }
    case 'start': {
      const { prepared, args, stdin, environment, files } = request;
      const host = {
        args,
        stdin,
        environment,
        files,
        print: (stream: Stream, bytes: Uint8Array) => printer.print(stream, bytes),
        beforeSleep: () => printer.flush(),
      };
      if ('module' in prepared) {
        const made = (program = await Program.make(prepared, host));
        written = () => made.written();
      } else {
        const { imports, files } = hostOf(host);
        written = files;
        instance = await Instance.make(prepared, imports);
      }
      answer({ tell: 'started', milliseconds: elapsed() });
      return;
    }
    case 'command':
      end(program ? program.run() : await running(instance).command(request.export), written());
      return;
    case 'call': {
      const outcome = await running(instance).call(request.call);
      printer.end();
      answer({ tell: 'ended', milliseconds: elapsed(), files: [], ...outcome });
      return;
    }
    case 'repeat':
      answer({ tell: 'repeated', samples: await running(instance).repeat(request.call, request.times) });
      return;
    case 'drop':
      running(instance).drop(request.handle);
      end({ how: 'returned', value: null });
  }
}

function failed(error: unknown, ask: Request['ask']): Ended {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof WebAssembly.RuntimeError)) return { how: 'failed', message };
  return { how: 'trapped', message: ask === 'start' ? `while instantiating: ${message}` : message };
}

onmessage = ({ data }: MessageEvent<Request>) => {
  handle(data).catch((error: unknown) => end(failed(error, data.ask)));
};
