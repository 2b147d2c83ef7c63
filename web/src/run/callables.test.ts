// What a component offers, from what `wasm-tools component wit --json` prints, shortened.

import assert from 'node:assert/strict';
import test from 'node:test';
import { offerOf } from './callables';
import { typeName } from './types';
import type { WitFunction, WitInterface, WitResolve, WitType, WitWorldItem } from './wit';

function called(name: string, kind: WitFunction['kind'], params: [string, string | number][], result?: string | number): WitFunction {
  return { name, kind, params: params.map(([name, type]) => ({ name, type })), ...(result === undefined ? {} : { result }) };
}

const PACKAGES = ['root:component', 'test:shelf@1.2.0', 'wasi:cli@0.2.3', 'wasi:http@0.2.3', 'wasi:cli@0.3.0'];

function resolveOf(imports: Record<string, WitWorldItem>, exports: Record<string, WitWorldItem>, interfaces: WitInterface[], types: WitType[]): WitResolve {
  return {
    worlds: [{ name: 'root', imports, exports, package: 0 }],
    interfaces,
    types,
    packages: PACKAGES.map((name) => ({ name })),
  };
}

const place = (id: number): WitWorldItem => ({ interface: { id } });
const withFunctions = (name: string | null, pack: number, functions: WitFunction[], types: Record<string, number> = {}): WitInterface => ({
  name,
  types,
  functions: Object.fromEntries(functions.map((one) => [one.name, one])),
  package: pack,
});

const BOOKS = withFunctions('books', 1, [
  called('[constructor]old-book', { constructor: 0 }, [['title', 'string']], 1),
  called('[method]old-book.page-count', { method: 0 }, [['self', 2]], 'u32'),
  called('[static]old-book.bind-all', { static: 0 }, [['of', 3]], 1),
  called('lend-out', 'freestanding', [['book', 5]]),
  called('later', 'async-freestanding', []),
  called('[method]old-book.lend', { 'async-method': 0 }, [['self', 2]]),
  called('[static]old-book.find', { 'async-static': 0 }, [], 1),
  called('watch', 'freestanding', [['events', 4]]),
], { 'old-book': 0 });

const TYPES: WitType[] = [
  { name: 'old-book', kind: 'resource', owner: { interface: 0 } },
  { name: null, kind: { handle: { own: 0 } }, owner: null },
  { name: null, kind: { handle: { borrow: 0 } }, owner: null },
  { name: null, kind: { list: 2 }, owner: null },
  { name: null, kind: { stream: 'u8' } as unknown as WitType['kind'], owner: null },
  { name: null, kind: { handle: { own: 6 } }, owner: null },
  { name: 'tome', kind: { type: 0 }, owner: { interface: 0 } },
];

test('functions and resources of an interface, under jco’s names', () => {
  const offer = offerOf(resolveOf({}, { 'interface-0': place(0) }, [BOOKS], TYPES));
  const told = offer.callables.map(({ label, kind, isAsync, place, params, result }) => ({
    label, kind, isAsync, place, params: params.map(({ type }) => typeName(type)), result: result && typeName(result),
  }));
  const at = { export: 'test:shelf/books@1.2.0', class: 'OldBook' };
  assert.deepEqual(told, [
    { label: 'old-book', kind: 'constructor', isAsync: false, place: { ...at, member: 'new' }, params: ['string'], result: 'old-book' },
    { label: 'old-book.page-count', kind: 'method', isAsync: false, place: { ...at, member: 'pageCount' }, params: ['borrow<old-book>'], result: 'u32' },
    { label: 'old-book.bind-all', kind: 'static', isAsync: false, place: { ...at, member: 'bindAll' }, params: ['list<borrow<old-book>>'], result: 'old-book' },
    { label: 'lend-out', kind: 'function', isAsync: false, place: { ...at, class: null, member: 'lendOut' }, params: ['old-book'], result: null },
    { label: 'later', kind: 'function', isAsync: true, place: { ...at, class: null, member: 'later' }, params: [], result: null },
    { label: 'old-book.lend', kind: 'method', isAsync: true, place: { ...at, member: 'lend' }, params: ['borrow<old-book>'], result: null },
    { label: 'old-book.find', kind: 'static', isAsync: true, place: { ...at, member: 'find' }, params: [], result: 'old-book' },
  ]);
  assert.deepEqual(offer.excluded.map(({ label }) => label), ['test:shelf/books@1.2.0#watch']);
  assert.equal(offer.command, null);
});

test('an alias of a resource is the resource', () => {
  const { callables } = offerOf(resolveOf({}, { 'interface-0': place(0) }, [BOOKS], TYPES));
  const ids = callables.flatMap(({ params }) => params.flatMap(({ type }) => (type.kind === 'handle' ? [type.resource.id] : [])));
  assert.deepEqual(ids, [0, 0, 0]);
});

test('functions of the world, and of an interface inside it', () => {
  const inline = withFunctions(null, 0, [called('add-up', 'freestanding', [], 's64')]);
  const { callables } = offerOf(resolveOf({}, { 'do-it': { function: called('do-it', 'freestanding', []) }, 'in-line': place(0) }, [inline], []));
  assert.deepEqual(callables.map(({ place }) => place), [
    { export: null, class: null, member: 'doIt' },
    { export: 'inLine', class: null, member: 'addUp' },
  ]);
});

test('a resource of the host has no values here', () => {
  const { callables, excluded } = offerOf(resolveOf({ 'interface-0': place(0) }, { take: { function: called('take', 'freestanding', [['book', 1]]) } }, [BOOKS], TYPES));
  assert.deepEqual(callables, []);
  assert.deepEqual(excluded, [{ label: 'take', why: 'old-book of test:shelf/books@1.2.0 is a resource of the host' }]);
});

test('a command is the exported wasi:cli/run of WASI 0.2', () => {
  const run = (pack: number) => offerOf(resolveOf({}, { 'interface-0': place(0) }, [withFunctions('run', pack, [called('run', 'freestanding', [])])], []));
  assert.equal(run(2).command, 'wasi:cli/run@0.2.3');
  assert.deepEqual(run(2).callables, []);
  assert.equal(run(1).command, null);
  assert.equal(run(4).command, null);
});

test('what the page has not is unmet; an interface of plain types needs nothing', () => {
  const one = [called('f', 'freestanding', [])];
  const interfaces = [
    withFunctions('stdout', 2, one),
    withFunctions('types', 3, one),
    withFunctions('stdout', 4, one),
    withFunctions('plain', 1, []),
    withFunctions('handles', 1, [], { r: 0 }),
  ];
  const imports = Object.fromEntries(interfaces.map((_, id) => [`interface-${id}`, place(id)]));
  const { unmet } = offerOf(resolveOf({ ...imports, log: { function: called('log', 'freestanding', []) } }, {}, interfaces, TYPES));
  assert.deepEqual(unmet, ['wasi:http/types@0.2.3', 'wasi:cli/stdout@0.3.0', 'test:shelf/handles@1.2.0', 'log']);
});
