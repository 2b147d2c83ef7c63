// The worker in which a component is translated and runs. In: requests. Out: answers, in order;
// an error is an answer too. The page ends it by terminating it.

import { importObject } from './host';
import { Instance } from './instance';
import { Printer } from './printer';
import { transpile } from './transpile';
import type { Answer, Ended, Request } from './protocol';

const answer = (message: Answer): void => postMessage(message);
const printer = new Printer((stream, text) => answer({ tell: 'printed', stream, text }));
let instance: Instance | null = null;
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

function end(ended: Ended): void {
  printer.end();
  answer({ tell: 'ended', ended, milliseconds: elapsed(), kept: [], gone: [] });
}

function running(): Instance {
  if (!instance) throw new Error('nothing was started');
  return instance;
}

async function handle(request: Request): Promise<void> {
  since = performance.now();
  switch (request.ask) {
    case 'prepare':
      answer({ tell: 'prepared', prepared: await transpile(request.bytes), milliseconds: elapsed() });
      return;
    case 'start': {
      const host = importObject({
        args: request.args,
        stdin: request.stdin,
        print: (stream, bytes) => printer.print(stream, bytes),
        beforeSleep: () => printer.flush(),
      });
      instance = await Instance.make(request.prepared, host);
      answer({ tell: 'started', milliseconds: elapsed() });
      return;
    }
    case 'command':
      end(await running().command(request.export));
      return;
    case 'call': {
      const outcome = await running().call(request.call);
      printer.end();
      answer({ tell: 'ended', milliseconds: elapsed(), ...outcome });
      return;
    }
    case 'drop':
      running().drop(request.handle);
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
