// One component that is run, as the page shows it: what it does now, what it printed, how it ended,
// and the handles that it has given out. In: what to run. Not its job: forms.

import { written } from './files';
import { messageOf } from '../model/problem';
import { Session } from './session';
import { print } from './print';
import { withoutEscapes } from './words';
import type { Call, Kept, Outcome, Prepared, RunFile, Sample, Stream } from './protocol';
import type { Callable } from './callables';
import type { Value } from './values';

/** What is run: `title` for people, and `key`, the same for runs that can be compared. */
export type Task = { title: string; key: string; environment: [string, string][]; files: RunFile[] } & (
  | { kind: 'command'; export: string; args: string[]; stdin: string }
  | { kind: 'call'; callable: Callable; args: Value[]; number: number }
);

export type Doing = 'loading' | 'translating' | 'starting' | 'running';

/** So much of each stream is shown. */
const SHOWN = 1 << 18;
/** How much output waits for the next frame, which does not come while the page is hidden. */
const WAITING = 1 << 20;

/** The name by which the component knows itself. */
const PROGRAM = 'component';

export class Printed {
  text = $state('');
  /** All that came, shown or not. */
  length = $state(0);

  add(text: string): void {
    this.text += text.slice(0, Math.max(0, SHOWN - this.text.length));
    this.length += text.length;
  }

  clear(): void {
    this.text = '';
    this.length = 0;
  }
}

/** What a subject is made of. */
export interface Given {
  label: string;
  isModule?: boolean;
  component: () => Promise<Uint8Array>;
}

export class Subject {
  readonly label: string;
  /** Whether it is a command of WASI 0.1, and no component. */
  readonly isModule: boolean;
  readonly #component: () => Promise<Uint8Array>;
  #prepared: Prepared | null = null;
  /** Holds the instance whose handles are kept, between calls. */
  #session = $state.raw<Session | null>(null);
  #active: Session | null = null;
  #coming: { stream: Stream; text: string }[] = [];
  #waiting = 0;
  #frame: number | null = null;

  doing = $state<Doing | null>(null);
  outcome = $state.raw<Outcome | null>(null);
  /** The task that `outcome` is of. */
  ran = $state.raw<Task | null>(null);
  readonly stdout = new Printed();
  readonly stderr = new Printed();
  handles = $state.raw<Kept[]>([]);
  translated = $state<number | null>(null);
  started = $state<number | null>(null);

  constructor({ label, isModule = false, component }: Given) {
    this.label = label;
    this.isModule = isModule;
    this.#component = component;
  }

  async run(task: Task): Promise<void> {
    this.outcome = null;
    this.ran = null;
    this.translated = this.started = null;
    this.stdout.clear();
    this.stderr.clear();
    this.#coming = [];
    this.#waiting = 0;
    try {
      this.#end(task, await this.#outcome(task));
    } catch (error) {
      this.#fail(task, error);
    }
  }

  /** Calls so many times in a row, in the instance that calls share. The samples, or why there are none. */
  async repeat(task: Task & { kind: 'call' }, times: number): Promise<{ samples: Sample[] } | { why: string }> {
    try {
      const session = await this.#shared(task);
      if (!(session instanceof Session)) return { why: whyOf(session) };
      this.doing = 'running';
      const answer = await session.repeat(callOf(task), times);
      if ('samples' in answer) return answer;
      this.forget();
      return { why: whyOf(answer) };
    } catch (error) {
      return { why: messageOf(error) };
    } finally {
      this.#active = null;
      this.doing = null;
    }
  }

  /** Whether there is an instance that remembers earlier calls. */
  get alive(): boolean {
    return this.#session !== null;
  }

  holds(handle: string): boolean {
    return this.handles.some((kept) => kept.name === handle);
  }

  stop(): void {
    this.#active?.stop();
  }

  async drop(name: string): Promise<void> {
    if (!this.#session || !this.holds(name)) return;
    this.handles = this.handles.filter((kept) => kept.name !== name);
    const outcome = await this.#session.drop(name);
    if (outcome.ended.how === 'returned') return;
    // Its destructor trapped.
    this.forget();
    this.ran = null;
    this.outcome = outcome;
  }

  /** Ends the instance that calls share. Its handles go with it. */
  forget(): void {
    this.#session?.stop();
    this.#session = null;
    this.handles = [];
  }

  /** Ends everything; the subject is of no more use. */
  close(): void {
    this.stop();
    this.forget();
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
  }

  async #outcome(task: Task): Promise<Outcome> {
    if (task.kind === 'call') {
      const session = await this.#shared(task);
      return session instanceof Session ? this.#call(session, task) : session;
    }
    const session = this.#open();
    try {
      const outcome = await this.#begin(session, task);
      if (outcome) return outcome;
      this.doing = 'running';
      return await session.command(task.export);
    } finally {
      session.stop();
    }
  }

  /** The instance that calls share, or why it cannot be. */
  async #shared(task: Task): Promise<Session | Outcome> {
    if (this.#session) return (this.#active = this.#session);
    const session = this.#open();
    try {
      const outcome = await this.#begin(session, task);
      if (outcome) return outcome;
      return (this.#session = session);
    } finally {
      if (this.#session !== session) session.stop();
    }
  }

  #open(): Session {
    return (this.#active = new Session((stream, text) => this.#hear(stream, text)));
  }

  /** Up to the instance. Null when it is there. */
  async #begin(session: Session, task: Task): Promise<Outcome | null> {
    if (!this.#prepared) {
      this.doing = 'loading';
      const bytes = await Promise.race([this.#component(), session.stopped]);
      this.doing = 'translating';
      const answer = await session.prepare(bytes ?? new Uint8Array());
      if ('ended' in answer) return answer;
      this.#prepared = answer.prepared;
      this.translated = answer.milliseconds;
    }
    this.doing = 'starting';
    const args = task.kind === 'command' ? [PROGRAM, ...task.args] : [PROGRAM];
    const stdin = new TextEncoder().encode(task.kind === 'command' ? task.stdin : '');
    const answer = await session.start(this.#prepared, { args, stdin, environment: task.environment, files: task.files });
    if ('ended' in answer) return answer;
    this.started = answer.milliseconds;
    return null;
  }

  async #call(session: Session, task: Task & { kind: 'call' }): Promise<Outcome> {
    this.doing = 'running';
    const outcome = await session.call(callOf(task));
    // An instance that trapped must not be entered again, and one that was stopped is gone.
    if (outcome.ended.how === 'returned') {
      const gone = new Set(outcome.gone);
      this.handles = [...this.handles.filter((kept) => !gone.has(kept.name)), ...outcome.kept];
    } else if (outcome.ended.how !== 'failed') {
      this.forget();
    }
    return outcome;
  }

  #fail(task: Task, error: unknown): void {
    this.#end(task, { ended: { how: 'failed', message: messageOf(error) }, milliseconds: 0, kept: [], gone: [], files: [] });
  }

  #end(task: Task, outcome: Outcome): void {
    this.#show();
    this.#active = null;
    this.doing = null;
    this.ran = task;
    this.outcome = outcome;
  }

  /** Output is shown once a frame, however often it comes. */
  #hear(stream: Stream, text: string): void {
    this.#coming.push({ stream, text });
    this.#waiting += text.length;
    if (this.#waiting > WAITING) this.#show();
    else this.#frame ??= requestAnimationFrame(() => this.#show());
  }

  #show(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.#coming.flatMap((part) => (part.stream === stream ? [part.text] : [])).join('');
      if (text !== '') this[stream].add(text);
    }
    this.#coming = [];
    this.#waiting = 0;
  }
}

function callOf({ callable, args, number }: Task & { kind: 'call' }): Call {
  const { place, kind, params, result } = callable;
  return { place, kind, params, args, result, keepAs: String(number) };
}

function whyOf({ ended }: Outcome): string {
  return 'message' in ended ? ended.message : ended.how;
}

/** How a run ended, as far as runs of the same task must agree: a trap's wording is the engine's. */
function sign({ ended }: Outcome): string {
  switch (ended.how) {
    case 'returned':
      return `returned ${ended.value ? withoutNames(ended.value) : ''}`;
    case 'exited':
      return `exited ${ended.code}`;
    default:
      return ended.how;
  }
}

/** Handles are named by the call that made them, which need not be the same call. */
function withoutNames(value: Value): string {
  return print(value).replace(/<(.*?) \d+(\.\d+)?>/g, '<$1>');
}

/** What the last runs of the same task have to say to each other, or null if there is nothing to compare. */
export function comparison(subjects: Subject[]): { equal: boolean; differs: string[] } | null {
  const [first, ...rest] = subjects;
  if (!first?.outcome || rest.length === 0) return null;
  const differs = new Set<string>();
  for (const other of rest) {
    if (!other.outcome || other.ran?.key !== first.ran?.key) return null;
    const hows = [first.outcome.ended.how, other.outcome.ended.how];
    if (hows.includes('stopped') || hows.includes('failed')) return null;
    if (sign(first.outcome) !== sign(other.outcome)) differs.add('the result');
    if (!same(first.stdout, other.stdout)) differs.add('standard output');
    if (!same(first.stderr, other.stderr)) differs.add('standard error');
    if (!sameFiles(first.outcome.files, other.outcome.files)) differs.add('the files written');
  }
  return { equal: differs.size === 0, differs: [...differs] };
}

function same(left: Printed, right: Printed): boolean {
  return left.length === right.length && left.text === right.text;
}

function sameFiles(left: RunFile[], right: RunFile[]): boolean {
  const differs = written(left, right);
  return left.length === right.length && differs.length === 0;
}

export function shownText(printed: Printed): string {
  return withoutEscapes(printed.text);
}
