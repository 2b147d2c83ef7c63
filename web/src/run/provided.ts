// The interfaces that a component finds in the page: what preview2-shim has of WASI 0.2 and can do
// without waiting for the browser. In: a name. Out: whether it is among them.

/** Not among them is `wasi:http`: a call would have to wait for the browser, which a run cannot. */
export const PROVIDED = [
  'wasi:cli/environment',
  'wasi:cli/exit',
  'wasi:cli/stderr',
  'wasi:cli/stdin',
  'wasi:cli/stdout',
  'wasi:cli/terminal-input',
  'wasi:cli/terminal-output',
  'wasi:cli/terminal-stderr',
  'wasi:cli/terminal-stdin',
  'wasi:cli/terminal-stdout',
  'wasi:clocks/monotonic-clock',
  'wasi:clocks/wall-clock',
  'wasi:filesystem/preopens',
  'wasi:filesystem/types',
  'wasi:io/error',
  'wasi:io/poll',
  'wasi:io/streams',
  'wasi:random/insecure',
  'wasi:random/insecure-seed',
  'wasi:random/random',
  'wasi:sockets/instance-network',
  'wasi:sockets/ip-name-lookup',
  'wasi:sockets/network',
  'wasi:sockets/tcp',
  'wasi:sockets/tcp-create-socket',
  'wasi:sockets/udp',
  'wasi:sockets/udp-create-socket',
] as const;

const WITH_VERSION = /^(.+)@0\.2\.\d+$/;

/** `name` with its version, as in `wasi:io/poll@0.2.3`. */
export function isProvided(name: string): boolean {
  const match = WITH_VERSION.exec(name);
  return match !== null && PROVIDED.some((provided) => provided === match[1]);
}
