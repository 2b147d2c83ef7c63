// A component in a worker of its own, from the page's side. In: a component's bytes, or what was
// prepared of it, then calls. Out: output as it comes, and how each call ended.

import RunWorker from './run.worker?worker';
import type { Answer, Call, Ended, Outcome, Prepared, Request, Sample, Stream, Surroundings } from './protocol';

export class Session {
  readonly #worker = new RunWorker();
  #settle: ((answer: Answer) => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  #stopped: () => void = () => {};
  /** Settles when `stop` is called. */
  readonly stopped = new Promise<void>((resolve) => (this.#stopped = resolve));

  constructor(print: (stream: Stream, text: string) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.tell === 'printed') print(data.stream, data.text);
      else this.#hear(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hear(failed(event.message || 'the worker ended by itself, perhaps for want of memory'));
    };
    this.#worker.onmessageerror = () => this.#hear(failed('an answer of the worker could not be read'));
  }

  async prepare(bytes: Uint8Array): Promise<{ prepared: Prepared; milliseconds: number } | Outcome> {
    const answer = await this.#ask({ ask: 'prepare', bytes });
    return answer.tell === 'prepared' ? answer : outcome(answer);
  }

  async start(prepared: Prepared, surroundings: Surroundings): Promise<{ milliseconds: number } | Outcome> {
    const answer = await this.#ask({ ask: 'start', prepared, ...surroundings });
    return answer.tell === 'started' ? answer : outcome(answer);
  }

  async command(name: string): Promise<Outcome> {
    return outcome(await this.#ask({ ask: 'command', export: name }));
  }

  async call(call: Call): Promise<Outcome> {
    return outcome(await this.#ask({ ask: 'call', call }));
  }

  async repeat(call: Call, times: number): Promise<{ samples: Sample[] } | Outcome> {
    const answer = await this.#ask({ ask: 'repeat', call, times });
    return answer.tell === 'repeated' ? answer : outcome(answer);
  }

  async drop(handle: string): Promise<Outcome> {
    return outcome(await this.#ask({ ask: 'drop', handle }));
  }

  /** Ends the worker, whatever it does. What is under way ends as stopped. */
  stop(): void {
    this.#worker.terminate();
    this.#isStopped = true;
    this.#stopped();
    this.#hear(ended({ how: 'stopped' }));
  }

  /** One at a time, in order. */
  #ask(request: Request): Promise<Answer> {
    const answer = this.#last.then(() => this.#send(request));
    this.#last = answer;
    return answer;
  }

  #send(request: Request): Promise<Answer> {
    if (this.#isStopped) return Promise.resolve(ended({ how: 'stopped' }));
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage(request);
    });
  }

  #hear(answer: Answer): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(answer);
  }
}

function ended(how: Ended): Answer {
  return { tell: 'ended', ended: how, milliseconds: 0, kept: [], gone: [], files: [] };
}

function failed(message: string): Answer {
  return ended({ how: 'failed', message });
}

function outcome(answer: Answer): Outcome {
  if (answer.tell !== 'ended') throw new Error(`the worker answers ${answer.tell}`);
  return answer;
}
