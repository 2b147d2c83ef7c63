// Output of a run on its way to the page: at once while it is little, in portions when it is a flood.
// In: bytes of the two streams. Out: text, to `send`. Not its job: how it looks.

import type { Stream } from './protocol';

/** So many messages in one window go at once; the rest waits for its end. */
const WINDOW_MS = 100;
const MESSAGES_PER_WINDOW = 50;
/** A portion is never larger, however fast it comes. */
const PORTION_BYTES = 1 << 16;

export class Printer {
  readonly #send: (stream: Stream, text: string) => void;
  readonly #decoders: Record<Stream, TextDecoder> = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  #waiting: { stream: Stream; text: string }[] = [];
  #waitingSize = 0;
  #windowStart = 0;
  #inWindow = 0;

  constructor(send: (stream: Stream, text: string) => void) {
    this.#send = send;
  }

  print(stream: Stream, bytes: Uint8Array): void {
    const text = this.#decoders[stream].decode(bytes, { stream: true });
    const last = this.#waiting.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.#waiting.push({ stream, text });
    this.#waitingSize += bytes.length;
    const now = performance.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    if (this.#inWindow < MESSAGES_PER_WINDOW || this.#waitingSize >= PORTION_BYTES) this.flush();
  }

  /** Sends what waits. */
  flush(): void {
    for (const { stream, text } of this.#waiting) {
      if (text === '') continue;
      this.#inWindow += 1;
      this.#send(stream, text);
    }
    this.#waiting = [];
    this.#waitingSize = 0;
  }

  /** Sends what waits, and what an incomplete character at the end stands for. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.#decoders[stream].decode();
      if (text !== '') this.#waiting.push({ stream, text });
    }
    this.flush();
  }
}
