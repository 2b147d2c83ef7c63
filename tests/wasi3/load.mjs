// How fast the HTTP service of WASI 0.3 answers, composed and fused, under `wasmtime serve`. In: nothing, or how many
// rounds. Out: a table, on standard output: requests a second, how long one takes, and the most memory that the process
// has had. Expects `just build`, the command `wasmtime` and what build.sh makes. Not its job: what the answers hold,
// which the tests look at.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { root, serving } from '../serve/service.mjs';
import { bytes, services } from './programs.mjs';

const ROUNDS = Number(process.argv[2] ?? 5);
/** Bytes of a body, requests in a round, and how many at once. */
const LOADS = [
  [0, 2000, 1],
  [0, 4000, 50],
  [10_000, 2000, 50],
  [1 << 20, 100, 10],
  [16 << 20, 8, 2],
];

/** Sends a body, and resolves to the milliseconds until the answer is all there. */
function one(port, agent, body) {
  const start = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, path: '/load', method: 'POST' }, (response) => {
      let length = 0;
      response.on('data', (chunk) => (length += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        assert.deepEqual([response.statusCode, length], [200, body.length]);
        resolve(Number(process.hrtime.bigint() - start) / 1e6);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function round(port, [size, count, atOnce]) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const body = bytes(size);
  const times = [];
  let next = 0;
  const start = process.hrtime.bigint();
  const client = async () => {
    while (next++ < count) times.push(await one(port, agent, body));
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  agent.destroy();
  times.sort((a, b) => a - b);
  return { rate: count / seconds, half: times[count >> 1], most: times[Math.floor(count * 0.99)] };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
/** The most memory that a process has had, in MiB. */
const peak = (pid) => Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const scratch = mkdtempSync(join(root, 'target/wasi3/load-'));
try {
  const kinds = Object.entries(services(scratch));
  console.log('| body | at once | | requests a second | half within ms | 99 % within ms | process, MiB |');
  console.log('|--:|--:|---|--:|--:|--:|--:|');
  for (const load of LOADS) {
    const seen = Object.fromEntries(kinds.map(([kind]) => [kind, []]));
    // By turns, so that what else the machine does meets all of them.
    for (let n = 0; n < ROUNDS; n++) {
      for (const [kind, [file, flags]] of kinds) {
        await serving(file, flags, async (port, pid) => {
          await round(port, [load[0], Math.ceil(load[1] / 10), load[2]]);
          seen[kind].push({ ...(await round(port, load)), memory: peak(pid) });
        });
      }
    }
    const of = (kind, figure) => median(seen[kind].map((round) => round[figure]));
    for (const [kind] of kinds) {
      const figure = (name) => {
        const value = of(kind, name);
        const ratio = kind === 'composed' ? '' : ` (${(value / of('composed', name)).toFixed(2)})`;
        return `${value < 100 ? value.toFixed(2) : Math.round(value)}${ratio}`;
      };
      console.log(`| ${load[0]} | ${load[2]} | ${kind} | ${['rate', 'half', 'most', 'memory'].map(figure).join(' | ')} |`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
