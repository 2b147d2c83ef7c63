// How large the parts of one memory are. In: sizes as people write them, and what fusing tells. Out: bytes, and
// back. Not its job: what is enough.

import type { Fused } from 'meld-fuser';

const UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** As `--reserve` takes it: a number of bytes, or with KiB, MiB or GiB. Null where it is none. */
export function bytesOf(size: string): number | null {
  const [, digits, unit] = /^\s*(\d+)\s*(|KiB|MiB|GiB)\s*$/.exec(size) ?? [];
  const bytes = Number(digits) * (UNITS.find(([name]) => name === unit)?.[1] ?? 1);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest that says the same. */
export function sizeOf(bytes: number): string {
  const unit = UNITS.find(([, of]) => bytes > 0 && bytes % of === 0);
  return unit ? `${bytes / unit[1]}${unit[0]}` : String(bytes);
}

/** Whose memory has a part, and what that is, in words. */
export function partsOf(explanation: Fused['explanation']): { label: string; what: string }[] {
  return explanation.filter(({ optimization }) => optimization === 'windows').map(({ place, what }) => ({ label: place, what }));
}

/** Whether it says how many bytes for which labels. */
export function isReserve(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0);
}
