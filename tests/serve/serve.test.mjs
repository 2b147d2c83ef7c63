// A fused HTTP service of two components under `wasmtime serve`, beside the composed one: the same answers to
// concurrent requests. And what docs/LIMITS.md says about its pooling allocator: it takes the service with one
// memory and one table as it is. Expects `just build`, and what tools.sh makes.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { meld, root, serving } from './service.mjs';

const parts = ['front', 'texts'].map((name) => join(root, `target/serve/wasm32-wasip2/release/${name}.wasm`));
const scratch = mkdtempSync(join(root, 'target/serve/test-'));
after(() => rmSync(scratch, { recursive: true }));

const composed = join(scratch, 'composed.wasm');
const fused = join(scratch, 'fused.wasm');
const single = join(scratch, 'single.wasm');
meld('compose', ...parts, '-o', composed);
meld('fuse', ...parts, '--component', '-o', fused);
meld('fuse', ...parts, '--component', '--memory', 'single', '-o', single);

// The flags as docs/LIMITS.md has them.
const limits = readFileSync(join(root, 'docs/LIMITS.md'), 'utf8');
const [, flags] = /`wasmtime serve (-O \S+) app\.wasm`/.exec(limits);

// The world that the service needs.
const cli = ['-S', 'cli'];

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
  const expected = await serving(composed, cli, all);
  assert.equal(expected.filter(({ status }) => status === 200).length, requests.filter((_, n) => n % 7 !== 6).length);
  assert.equal(expected.filter(({ status }) => status === 422).length, requests.filter((_, n) => n % 7 === 6).length);
  assert.deepEqual(await serving(fused, [...cli, ...flags.split(' ')], all), expected);
  assert.deepEqual(await serving(single, cli, all), expected);
});

test('without the flag its pooling allocator has one memory for each module', async () => {
  const refused = serving(fused, cli, () => {});
  await assert.rejects(refused, /defined memories count of \d+ exceeds the per-instance limit of 1/);
});
