// The host that the interface gets: WASI without files, streams, arguments and environment. In: nothing.
// Out: imports for one instance, and what it said about its own end. Not its job: the command, which
// has all of these.

/** How much of what the fuser says about its own end is kept, in bytes. */
const LAST_WORDS = 4096;

export interface ClosedHost {
  /** By name without version, which is how jco's code asks for them. */
  imports: Record<string, object>;
  /** What was written to standard error, which is nothing unless the fuser has a defect. */
  said(): string;
}

export function closedHost(): ClosedHost {
  const said: number[] = [];
  // Nothing ever gets one of these: what would give one gives nothing.
  class Absent {}
  class OutputStream {
    checkWrite(): bigint {
      return BigInt(LAST_WORDS);
    }
    write(bytes: Uint8Array): void {
      said.push(...bytes.subarray(0, LAST_WORDS - said.length));
    }
    blockingFlush(): void {}
  }
  const absent = (name: string) => (): never => {
    throw new Error(`the fuser asks for ${name}, which the interface does without`);
  };
  const imports = {
    'wasi:cli/environment': { getArguments: () => [], getEnvironment: () => [] },
    'wasi:cli/exit': { exit: absent('an exit') },
    'wasi:cli/stderr': { getStderr: () => new OutputStream() },
    'wasi:cli/stdin': { getStdin: absent('standard input') },
    'wasi:cli/stdout': { getStdout: absent('standard output') },
    'wasi:cli/terminal-input': { TerminalInput: Absent },
    'wasi:cli/terminal-output': { TerminalOutput: Absent },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:clocks/monotonic-clock': { now: absent('a clock') },
    'wasi:clocks/wall-clock': { now: absent('a clock') },
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': { Descriptor: Absent },
    'wasi:io/error': { Error: Absent },
    'wasi:io/poll': { Pollable: Absent },
    'wasi:io/streams': { InputStream: Absent, OutputStream },
    // The seed of hash maps, whose order no result depends on.
    'wasi:random/insecure-seed': { insecureSeed: () => [...crypto.getRandomValues(new BigUint64Array(2))] },
  };
  return { imports, said: () => new TextDecoder().decode(new Uint8Array(said)) };
}
