// Programs of WASI 0.3, composed and fused: a command whose standard streams pass through two components, and an HTTP
// service of two middlewares and an application, with bodies that stream both ways. Expects `just build`, the command
// `wasmtime` (tests/serve/tools.sh), and what build.sh makes.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, serving, wasmtime } from '../serve/service.mjs';
import { bytes, guests, made, p3, services } from './programs.mjs';

const scratch = mkdtempSync(join(root, 'target/wasi3/test-'));
after(() => rmSync(scratch, { recursive: true }));

const upper = (body) => body.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte));

const command = made(scratch, 'command', guests(['copy', 'upper_text']), []);

test('a command copies its input to its output through two components', () => {
  for (const size of [0, 1, 100, 100_000, 5_000_000]) {
    const input = bytes(size);
    for (const [kind, file] of Object.entries(command)) {
      const done = spawnSync(wasmtime, ['run', ...p3, file], { input, maxBuffer: 1 << 26 });
      assert.equal(done.status, 0, `${kind}: ${done.stderr}`);
      assert.ok(done.stdout.equals(upper(input)), `${kind}: ${size} bytes`);
    }
  }
});

test('it ends as the composed one does where nobody reads its output', async () => {
  const ends = async (file) => {
    const child = spawn(wasmtime, ['run', ...p3, file], { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdout.destroy();
    child.stdin.on('error', () => {});
    child.stdin.end(bytes(1_000_000));
    return new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  };
  const expected = await ends(command.composed);
  assert.deepEqual(await ends(command.fused), expected);
  assert.deepEqual(await ends(command.single), expected);
});

const kinds = services(scratch);

/** The answer to a request. */
function ask(port, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request({ agent: false, host: '127.0.0.1', port, path, method: 'POST' }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        resolve({ status, path: headers['x-path'], front: headers['x-front'], body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends a part of a body and goes away, before or after a part of the answer has come. */
function leaves(port, waits) {
  return new Promise((resolve) => {
    const sent = request({ agent: false, host: '127.0.0.1', port, path: '/leaves', method: 'POST' }, (response) => {
      response.on('error', () => {});
      response.once('data', () => sent.destroy());
    });
    sent.on('error', () => {});
    sent.on('close', resolve);
    sent.setHeader('content-length', 1 << 20);
    sent.write(bytes(1 << 16), () => (waits ? undefined : sent.destroy()));
  });
}

async function check(port, path, body) {
  const answer = await ask(port, path, body);
  assert.deepEqual([answer.status, answer.path, answer.front], [200, path, 'yes']);
  assert.ok(answer.body.equals(upper(body)), `${path}: ${body.length} bytes`);
}

for (const [kind, [file, flags]] of Object.entries(kinds)) {
  const serves = (use) => serving(file, flags, use);

  test(`the ${kind} service streams bodies both ways`, () =>
    serves(async (port) => {
      for (const size of [0, 1, 1000, 100_000, 16 << 20]) await check(port, `/${size}`, bytes(size));
    }));

  test(`the ${kind} service answers 1,000 requests, 50 at once`, () =>
    serves(async (port) => {
      let next = 0;
      const one = async () => {
        for (let n = next++; n < 1000; n = next++) await check(port, `/${n}`, bytes((n * n) % 50_000));
      };
      await Promise.all(Array.from({ length: 50 }, one));
    }));

  test(`the ${kind} service outlives clients that go away`, () =>
    serves(async (port) => {
      for (let n = 0; n < 10; n++) {
        await Promise.all([leaves(port, false), leaves(port, true), check(port, `/${n}`, bytes(n * 1000))]);
      }
      await check(port, '/after', bytes(10_000));
    }));
}
