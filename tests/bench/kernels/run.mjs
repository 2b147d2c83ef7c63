// Runs kernels in V8. In: a folder with KERNEL.PLACE.wasm, and how many rounds. Out: JSON, for each kernel and place the
// nanoseconds of a run: the median of rounds in which all places of a kernel take turns.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder, rounds] = [process.argv[2], Number(process.argv[3])];
/** Nanoseconds that a round measures for. */
const ROUND = 100e6;

const kernels = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
  const [kernel, place] = file.split('.');
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, file)))).exports;
  (kernels[kernel] ??= {})[place] = { run, times: [] };
}

const now = () => Number(process.hrtime.bigint());

/** Nanoseconds of one of so many runs. */
function timed(run, times) {
  const start = now();
  run(times);
  return (now() - start) / times;
}

for (const places of Object.values(kernels)) {
  for (const place of Object.values(places)) {
    // Until it is compiled by the compiler that optimises.
    const end = now() + ROUND;
    while (now() < end) timed(place.run, 20);
    place.many = Math.max(1, Math.round(ROUND / timed(place.run, 50)));
  }
  for (let round = 0; round < rounds; round++) {
    for (const place of Object.values(places)) place.times.push(timed(place.run, place.many));
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const medians = (places) => Object.fromEntries(Object.entries(places).map(([place, { times }]) => [place, median(times)]));
console.log(JSON.stringify(Object.fromEntries(Object.entries(kernels).map(([kernel, places]) => [kernel, medians(places)]))));
