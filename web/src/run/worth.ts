// What fusing is worth in this browser: a call of an example's, timed in the composition and fused. In: a fuser. Out: how
// long one call takes in both. Not its job: showing it.

import { examples, fetchInputs } from '../model/examples';
import type { Fuser } from '../model/fuser';
import type { Outcome } from '../model/problem';
import { offerOf, type Callable } from './callables';
import { measure } from './measure';
import { quantile } from './repeat';
import { Subject, type Task } from './subject.svelte';
import type { Value } from './values';
import type { WitResolve } from './wit';

export interface Worth {
  /** The function, and how many components its call goes through. */
  call: string;
  components: number;
  times: number;
  /** Nanoseconds. */
  fused: number;
  composed: number;
}

const EXAMPLE = 'chain';
const MEASURED = 'gallery.size';
const TIMES = 20_000;

const text = (value: string): Value => ({ kind: 'string', value });
/** What the first call has made. */
const gallery: Value = { kind: 'handle', name: 'gallery 1', resource: 'gallery' };
const picture: Value = { kind: 'record', fields: [['name', text('a picture')], ['size', { kind: 'float', bits: 64, value: 1 }]] };
const nth: Value = { kind: 'integer', value: 0n };

/** Calls before the one that is measured, and that one. */
const CALLS: [string, Value[]][] = [
  ['gallery', [text('worth')]],
  ['gallery.hang', [gallery, picture]],
  [MEASURED, [gallery, nth]],
];

/** Fails where the example cannot be had, fused or run. */
export async function worth(fuser: Fuser): Promise<Worth> {
  const example = (await examples()).find(({ id }) => id === EXAMPLE);
  if (!example) throw new Error(`there is no example ${EXAMPLE}`);
  const inputs = (await fetchInputs(example)).map((input) => ({ id: `worth: ${input.name}`, ...input }));
  const subjects: Subject[] = [];
  try {
    const { resolve } = given(await fuser.inspectComposed(inputs, {}));
    const { callables } = offerOf(resolve as WitResolve);
    const fuse = async () => given(await fuser.fuse(inputs, { output: 'component' }, () => {})).bytes;
    subjects.push(new Subject({ label: 'Fused', component: fuse }));
    subjects.push(new Subject({ label: 'Composed', component: async () => given(await fuser.compose(inputs, {})) }));
    const tasks = CALLS.map(([label, args], at) => taskOf(callables, label, args, at + 1));
    for (const task of tasks) for (const subject of subjects) await returns(subject, task);
    const last = tasks.at(-1);
    const [fused, composed] = last ? await measure(subjects, last, TIMES) : [];
    if (!fused || !composed) throw new Error('nothing was measured');
    const median = ({ samples }: typeof fused) => quantile(samples, 0.5);
    return { call: MEASURED, components: inputs.length, times: TIMES, fused: median(fused), composed: median(composed) };
  } finally {
    subjects.forEach((subject) => subject.close());
    inputs.forEach(({ id }) => fuser.forget(id));
  }
}

function taskOf(callables: Callable[], label: string, args: Value[], number: number): Task & { kind: 'call' } {
  const callable = callables.find((one) => one.label === label);
  if (!callable) throw new Error(`the example has no function ${label}`);
  return { kind: 'call', title: label, key: label, callable, args, number, environment: [], files: [] };
}

async function returns(subject: Subject, task: Task): Promise<void> {
  await subject.run(task);
  const ended = subject.outcome?.ended;
  if (ended?.how !== 'returned') throw new Error(`${task.title} does not return: ${ended && 'message' in ended ? ended.message : ended?.how}`);
}

function given<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  throw new Error(outcome.problem.message);
}
