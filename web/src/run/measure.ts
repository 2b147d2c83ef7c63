// One call many times on each of several subjects, by turns. In: the subjects, and the call. Out: samples of each.
// Not its job: what samples say together (`repeat`).

import { Problem } from './draft';
import type { Sample } from './protocol';
import type { Subject, Task } from './subject.svelte';

export interface Row {
  label: string;
  samples: Sample[];
}

/** Each subject has its turn so often, so that what else the machine does meets both. */
const TURNS = 4;

/** Fails with a `Problem` where a call does not return. */
export async function measure(subjects: Subject[], task: Task & { kind: 'call' }, times: number): Promise<Row[]> {
  const rows = subjects.map(({ label }) => ({ label, samples: [] as Sample[] }));
  const turns = Math.min(TURNS, times);
  for (let turn = 0; turn < turns; turn += 1) {
    const share = Math.floor(times / turns) + (turn < times % turns ? 1 : 0);
    for (const [at, subject] of subjects.entries()) {
      const answer = await subject.repeat(task, share);
      if (!('samples' in answer)) throw new Problem(`${subject.label}: ${answer.why}`);
      rows[at]?.samples.push(...answer.samples);
    }
  }
  return rows;
}
