// The host that the command gets: WASI by Node.js. In: arguments. Out: imports for one instance. Not its
// job: files and streams themselves.

import { isatty } from 'node:tty';
import type * as clock from './interfaces/wasi-clocks-wall-clock.js';
import { directories } from './node-directories.js';
import { Descriptor } from './node-files.js';
import { InputStream, OutputStream, Pollable } from './node-streams.js';

/** What standard input, output and error are to the system. */
const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/** By name without version, which is how jco's code asks for them. */
export function nodeHost(args: string[]): Record<string, object> {
  const seen = directories(args.slice(2), process.cwd());
  class Terminal {}
  const terminal = (file: number) => (isatty(file) ? new Terminal() : undefined);
  return {
    'wasi:cli/environment': { getArguments: () => args, getEnvironment: () => Object.entries(process.env) },
    'wasi:cli/exit': { exit: ({ tag }: { tag: 'ok' | 'err' }) => process.exit(tag === 'ok' ? 0 : 1) },
    'wasi:cli/stdin': { getStdin: () => new InputStream(STDIN) },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(STDOUT) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(STDERR) },
    'wasi:cli/terminal-input': { TerminalInput: Terminal },
    'wasi:cli/terminal-output': { TerminalOutput: Terminal },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => terminal(STDIN) },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => terminal(STDOUT) },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => terminal(STDERR) },
    'wasi:clocks/monotonic-clock': { now: () => process.hrtime.bigint() },
    'wasi:clocks/wall-clock': { now: wallClock },
    'wasi:filesystem/preopens': { getDirectories: () => seen.map(({ path, name }) => [Descriptor.directory(path), name]) },
    'wasi:filesystem/types': { Descriptor },
    'wasi:io/error': { Error },
    'wasi:io/poll': { Pollable },
    'wasi:io/streams': { InputStream, OutputStream },
    'wasi:random/insecure-seed': { insecureSeed: () => [...crypto.getRandomValues(new BigUint64Array(2))] },
  };
}

function wallClock(): clock.Datetime {
  const milliseconds = Date.now();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanoseconds: (milliseconds - seconds * 1000) * 1e6 };
}
