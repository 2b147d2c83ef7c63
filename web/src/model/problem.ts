// What went wrong, as plain data: it crosses from a worker, and is shown where it belongs.

import type { ErrorDocument } from 'meld-fuser';
import type { Refusal } from './document';

/** An error of meld's, or of the page around it: then its code is `page`. */
export interface Problem extends Omit<ErrorDocument, 'code'> {
  code: ErrorDocument['code'] | 'page';
}

/** What a worker answers: a value or the reason why there is none. */
export type Outcome<T> = { value: T } | { problem: Problem };

export function pageProblem(message: string, hint: string | null = null): Problem {
  return { code: 'page', message, input: null, offset: null, path: [], hint };
}

export function refusalProblem(refusal: Refusal): Problem {
  return { ...refusal, code: refusal.code as Problem['code'], input: null };
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
