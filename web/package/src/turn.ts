// Lets the event loop run: timers, input and drawing get their turn between two parts of long work. In: a
// signal. Out: a call to make between the parts.

/** How long work goes on before others get their turn, in milliseconds. */
const SLICE = 25;

/** Makes the call to make between two parts: throws the signal's reason if it is aborted. */
export function pace(signal: AbortSignal | undefined): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > SLICE) {
      await turn();
      since = performance.now();
    }
    signal?.throwIfAborted();
  };
}

/** A timer that has come due gets in line behind the first message, and before the second. */
export async function turn(): Promise<void> {
  await message();
  await message();
}

/** A message and not a timer: browsers hold timers back, most of all those of pages in the background. */
function message(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
