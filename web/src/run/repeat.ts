// Calls that are repeated to see how long one takes. In: a call, how often; samples. Out: samples, and
// what they say together. A browser's clock is coarse, so calls are timed in rows.

import type { Sample } from './protocol';
import type { Type } from './types';

/** A row that takes as long says something, in milliseconds. */
const LONG_ENOUGH = 4;

/** Calls `once` so many times, each when the one before is over. What it gives is a promise, of an async function. */
export async function timed(once: () => Promise<void> | null, times: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  let row = 1;
  for (let left = times; left > 0; ) {
    const calls = Math.min(row, left);
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const pending = once();
      if (pending) await pending;
    }
    const elapsed = performance.now() - start;
    samples.push({ calls, nanoseconds: (elapsed * 1e6) / calls });
    left -= calls;
    if (elapsed < LONG_ENOUGH) row *= 2;
  }
  // The first rows are short, and pay for what an engine does once.
  const whole = samples.filter(({ calls, nanoseconds }) => calls * nanoseconds >= (LONG_ENOUGH / 2) * 1e6);
  return whole.length > 2 ? whole : samples;
}

/** The time of a call that as many calls fall below as `share` says. */
export function quantile(samples: Sample[], share: number): number {
  const sorted = samples.toSorted((a, b) => a.nanoseconds - b.nanoseconds);
  const all = sorted.reduce((sum, { calls }) => sum + calls, 0);
  let below = 0;
  for (const { calls, nanoseconds } of sorted) {
    below += calls;
    if (below >= share * all) return nanoseconds;
  }
  return 0;
}

/** Why calls with these types cannot be repeated, or null: handles are gone after one, or come anew. */
export function unrepeatable(params: Type[], result: Type | null): string | null {
  if (params.some(hasOwned)) return 'A call of it takes a handle for good, and cannot be repeated.';
  return result && hasHandle(result) ? 'A call of it makes a handle, and is not repeated.' : null;
}

const hasOwned = (type: Type): boolean => (type.kind === 'handle' ? type.owned : partsOf(type).some(hasOwned));
const hasHandle = (type: Type): boolean => type.kind === 'handle' || partsOf(type).some(hasHandle);

function partsOf(type: Type): Type[] {
  const present = (of: (Type | null)[]) => of.filter((one) => one !== null);
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'tuple':
      return type.items;
    case 'record':
      return type.fields.map((field) => field.type);
    case 'variant':
      return present(type.cases.map((one) => one.type));
    case 'option':
      return [type.some];
    case 'result':
      return present([type.ok, type.err]);
    default:
      return [];
  }
}

/** A time in words. */
export function duration(nanoseconds: number): string {
  const [value, unit] = nanoseconds < 1e3 ? [nanoseconds, 'ns'] : nanoseconds < 1e6 ? [nanoseconds / 1e3, 'µs'] : [nanoseconds / 1e6, 'ms'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** How many times as fast something is, in words. */
export function compared(ratio: number): string {
  return ratio >= 1 ? `${ratio.toFixed(1)} times as fast` : `${(1 / ratio).toFixed(1)} times as slow`;
}
