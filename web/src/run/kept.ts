// What is typed into the form of a run, as it is kept and shared: plain data, by names and without
// types. In: drafts, or data from anywhere. Out: the data, and drafts of a type as far as the data
// fits it. Not its job: where it is kept.

import { choices, initial, payloadOf, type Draft } from './draft';
import type { Type } from './types';

/** What a draft holds: text, whether it is on, or parts by position or by name. */
export type KeptDraft = null | string | boolean | KeptDraft[] | { [name: string]: KeptDraft };

/** A file that a command finds under its path: text, or bytes in base64. */
export type KeptFile = { path: string; text: string } | { path: string; base64: string };

export interface KeptRun {
  /** The id of the function, or '' for the command; null: whatever comes first. */
  selected: string | null;
  /** Arguments of a command, in one line. */
  line: string;
  stdin: string;
  /** Environment of a command: NAME=VALUE, one a line. */
  environment: string;
  files: KeptFile[];
  /** By a function's id, its arguments. */
  values: { [id: string]: KeptDraft[] };
}

export const NOTHING_TYPED: KeptRun = { selected: null, line: '', stdin: '', environment: '', files: [], values: {} };

export function keep(draft: Draft): KeptDraft {
  switch (draft.kind) {
    case 'text':
      return draft.text;
    case 'handle':
      return draft.name;
    case 'bool':
      return draft.on;
    case 'bytes':
      return { as: draft.as, text: draft.text };
    case 'list':
    case 'tuple':
      return draft.items.map(keep);
    case 'map':
      return draft.entries.map(({ key, value }) => [keep(key), keep(value)]);
    case 'record':
      return Object.fromEntries(draft.fields.map((field) => [field.name, keep(field.draft)]));
    case 'choice':
      return { case: choices(draft.type)[draft.index]?.name ?? '', payload: draft.payload && keep(draft.payload) };
    case 'flags':
      return draft.flags.flatMap(({ name, on }) => (on ? [name] : []));
  }
}

/** A draft of `type` that holds what was kept. What does not fit the type is as it is at first. */
export function restore(type: Type, kept: KeptDraft | undefined): Draft {
  const draft = initial(type);
  const list = Array.isArray(kept) ? kept : null;
  const named = isObject(kept) ? (kept as Record<string, KeptDraft>) : null;
  switch (draft.kind) {
    case 'text':
      return typeof kept === 'string' ? { ...draft, text: kept } : draft;
    case 'handle':
      return typeof kept === 'string' ? { ...draft, name: kept } : draft;
    case 'bool':
      return typeof kept === 'boolean' ? { ...draft, on: kept } : draft;
    case 'bytes': {
      const { as, text } = named ?? {};
      return (as === 'text' || as === 'hex') && typeof text === 'string' ? { ...draft, as, text } : draft;
    }
    case 'list': {
      const { element, length } = draft.type;
      if (!list || (length !== null && list.length !== length)) return draft;
      return { ...draft, items: list.map((item) => restore(element, item)) };
    }
    case 'tuple':
      return { ...draft, items: draft.items.map((item, at) => restore(item.type, list?.[at])) };
    case 'map': {
      const { key, value } = draft.type;
      const pairs = (list ?? []).filter((pair) => Array.isArray(pair));
      return { ...draft, entries: pairs.map(([of, to]) => ({ key: restore(key, of), value: restore(value, to) })) };
    }
    case 'record':
      return { ...draft, fields: draft.fields.map(({ name, draft: of }) => ({ name, draft: restore(of.type, own(named, name)) })) };
    case 'choice': {
      const index = choices(draft.type).findIndex(({ name }) => name === named?.['case']);
      if (index < 0) return draft;
      const payload = payloadOf(draft.type, index);
      return { ...draft, index, payload: payload && restore(payload.type, named?.['payload']) };
    }
    case 'flags':
      return { ...draft, flags: draft.flags.map(({ name }) => ({ name, on: list?.includes(name) ?? false })) };
  }
}

/** What is right of data that may be anything. */
export function rightRun(value: unknown): KeptRun {
  const { selected, line, stdin, environment, files, values }: Record<string, unknown> = isObject(value) ? value : {};
  const text = (one: unknown) => (typeof one === 'string' ? one : '');
  const drafts = isObject(values) ? Object.entries(values).flatMap(([id, kept]) => (Array.isArray(kept) ? [[id, kept.filter(isDraft)] as const] : [])) : [];
  return {
    selected: typeof selected === 'string' ? selected : null,
    line: text(line),
    stdin: text(stdin),
    environment: text(environment),
    files: Array.isArray(files) ? files.filter(isFile) : [],
    values: Object.fromEntries(drafts),
  };
}

function isFile(value: unknown): value is KeptFile {
  const { path, text, base64 }: Record<string, unknown> = isObject(value) ? value : {};
  return typeof path === 'string' && (typeof text === 'string' || typeof base64 === 'string');
}

function isDraft(value: unknown): value is KeptDraft {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return Array.isArray(value) ? value.every(isDraft) : isObject(value) && Object.values(value).every(isDraft);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(of: Record<string, KeptDraft> | null, name: string): KeptDraft | undefined {
  return of && Object.hasOwn(of, name) ? of[name] : undefined;
}
