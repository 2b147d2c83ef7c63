// Services under `wasmtime serve`, for tests. In: a component. Out: a port, or what the command of meld has made. Not its
// job: requests.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const wasmtime = join(root, 'target/tools/bin/wasmtime');

/** Runs the command of meld, which has to succeed. */
export const meld = (...args) => {
  const done = spawnSync(join(root, 'target/release/meld'), args, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
};

/** Starts the service, calls `use` with its port and the id of its process, and ends it. */
export async function serving(component, args, use) {
  // Port 0: any that is free. It says which.
  const server = spawn(wasmtime, ['serve', '--addr', '127.0.0.1:0', ...args, component], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const ended = once(server, 'exit');
  try {
    return await use(await portOf(server), server.pid);
  } finally {
    server.kill();
    await ended;
  }
}

/** The port, as soon as it says that it serves there. What it says afterwards is read as well: it would wait else. */
function portOf(server) {
  return new Promise((resolve, reject) => {
    const told = [];
    const lines = createInterface({ input: server.stderr });
    lines.on('line', (line) => {
      if (told.length < 100) told.push(line);
      const serves = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (serves) resolve(Number(serves[1]));
    });
    lines.on('close', () => reject(new Error(`it does not serve:\n${told.join('\n')}`)));
  });
}
