// A fused HTTP service of two components under `wasmtime serve`, beside the composed one: the same answers to
// concurrent requests. And what docs/LIMITS.md says about its pooling allocator: it takes the service with one
// memory and one table as it is. Expects `just build`, and what tools.sh makes.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wasmtime = join(root, 'target/tools/bin/wasmtime');
const parts = ['front', 'texts'].map((name) => join(root, `target/serve/wasm32-wasip2/release/${name}.wasm`));
const scratch = mkdtempSync(join(root, 'target/serve/test-'));
after(() => rmSync(scratch, { recursive: true }));

const meld = (...args) => {
  const done = spawnSync(join(root, 'target/release/meld'), args, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
};
const composed = join(scratch, 'composed.wasm');
const fused = join(scratch, 'fused.wasm');
const single = join(scratch, 'single.wasm');
meld('compose', ...parts, '-o', composed);
meld('fuse', ...parts, '--component', '-o', fused);
meld('fuse', ...parts, '--component', '--memory', 'single', '-o', single);

// The flags as docs/LIMITS.md has them.
const limits = readFileSync(join(root, 'docs/LIMITS.md'), 'utf8');
const [, flags] = /`wasmtime serve (-O \S+) app\.wasm`/.exec(limits);

/** Starts the service, calls `use` with its port, and ends it. */
async function serving(component, args, use) {
  // Port 0: any that is free. It says which.
  const server = spawn(wasmtime, ['serve', '-S', 'cli', '--addr', '127.0.0.1:0', ...args, component], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const ended = once(server, 'exit');
  try {
    const told = [];
    for await (const line of createInterface({ input: server.stderr })) {
      told.push(line);
      const serves = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (serves) {
        server.stderr.on('data', () => {});
        return await use(Number(serves[1]));
      }
    }
    assert.fail(`it does not serve:\n${told.join('\n')}`);
  } finally {
    server.kill();
    await ended;
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });
after(() => agent.destroy());

/** The answer to a request: its status and its text. */
function ask(port, { path, body }) {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST' }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

// Bodies of many sizes, some of which are no UTF-8.
const requests = Array.from({ length: 200 }, (_, n) => ({
  path: `/${n}?grüße=${n}`.replace('ü', '%C3%BC').replace('ß', '%C3%9F'),
  body: n % 7 === 6 ? Buffer.from([0x61, 0xff, n]) : Buffer.from('aé水🙂'.repeat(n * n)),
}));
const all = (port) => Promise.all(requests.map((request) => ask(port, request)));

test('a fused service gives the answers of the composed one, to twenty requests at once', async () => {
  const expected = await serving(composed, [], all);
  assert.equal(expected.filter(({ status }) => status === 200).length, requests.filter((_, n) => n % 7 !== 6).length);
  assert.equal(expected.filter(({ status }) => status === 422).length, requests.filter((_, n) => n % 7 === 6).length);
  assert.deepEqual(await serving(fused, flags.split(' '), all), expected);
  assert.deepEqual(await serving(single, [], all), expected);
});

test('without the flag its pooling allocator has one memory for each module', async () => {
  const refused = serving(fused, [], () => {});
  await assert.rejects(refused, /defined memories count of \d+ exceeds the per-instance limit of 1/);
});
