// Claims about what a page shows. It follows from what was done a while later, and on a loaded machine a
// long while: a claim is tried until it holds. In: claims. Out: nothing, or what the claim said last.

import assert from 'node:assert/strict';

/** How long a claim may take to hold, in milliseconds: only what hangs takes as long. */
export const CONDITION = Number(process.env.PATIENCE ?? 5 * 60_000);
/** Between two tries, in milliseconds. */
const PAUSE = 50;

/** Tries `claim` until it does not throw; gives what it gives. */
export async function eventually(claim, patience = CONDITION) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await claim();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Waits until what `read` gives is what is expected. `what` says what that is. */
export async function shows(read, expected, what) {
  try {
    await eventually(async () => assert.deepEqual(await read(), expected));
  } catch (error) {
    if (what) error.message = `${what}: ${error.message}`;
    throw error;
  }
}

/** Waits until what `read` gives holds; gives it. */
export function holds(read, condition, what = (value) => `it is ${JSON.stringify(value)}`) {
  return eventually(async () => {
    const value = await read();
    assert.ok(condition(value), what(value));
    return value;
  });
}
