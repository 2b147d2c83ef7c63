// The tests that run in Node.js and in browsers. In: the package, what the native command says, and how to
// load an input. Out: tests by name. Not its job: running them.

import { failure, holds, same } from './assert.js';

/** A signal's reason, and what ends a loop early. */
class Enough extends Error {}

export function cases(meld, { fixtures, refused, composed, version }, load) {
  const { compose, fuse, fuseSteps, inspect, MeldError, verify, wire, wrap } = meld;
  const tests = new Map();
  const input = async (name) => ({ name, bytes: await load(name) });

  for (const { name, inspect: told, ...results } of fixtures) {
    for (const [title, { options, sha256: expected, statistics, explanation }] of Object.entries(results)) {
      tests.set(`fuse: ${name} as ${title} gives the bytes of the native command`, async () => {
        const fused = await fuse(await input(name), options);
        same(await sha256(fused.bytes), expected, 'the SHA-256');
        same(withDashes(fused.statistics), statistics, 'the statistics');
        same(fused.explanation, explanation, 'the explanation');
      });
    }
    tests.set(`inspect: tells about ${name} what the native command tells`, async () => {
      const { wit, text, json } = await inspect(await input(name));
      same(text, told.text, 'the text');
      same(json, told.json, 'the document');
      same(wit, told.json.wit, 'the WIT');
    });
  }

  for (const { title, inputs, options, error } of refused) {
    tests.set(`errors: ${title}: as the native command prints it`, async () => {
      const given = await Promise.all(inputs.map((one) => take(one, input)));
      const thrown = await failure(() => fuse(given, options));
      holds(thrown instanceof MeldError && thrown instanceof Error, `a MeldError is thrown, and not ${thrown}`);
      same(thrown.name, 'MeldError', 'the name');
      same(JSON.parse(JSON.stringify(thrown)), error, 'the error');
      const { code, message, offset, path, hint } = thrown;
      holds(!/--\w|=FILE/.test(hint ?? ''), `the hint names no arguments of the command: ${hint}`);
      same([code, message, offset ?? null, path, hint ?? null], [error.code, error.message, error.offset, error.path, error.hint], 'the members');
    });
  }

  for (const { title, inputs, composing, wiring, compose: expected } of composed) {
    tests.set(`wire: ${title}: as the native command tells it`, async () => {
      const { connections, refused: error, ...rest } = await wire(await Promise.all(inputs.map((one) => take(one, input))), composing);
      const known = connections.map(({ metBy, ...of }) => ({ ...of, 'met-by': metBy.val === undefined ? metBy.tag : { [metBy.tag]: metBy.val } }));
      holds(error === undefined || error instanceof MeldError, 'why they cannot be composed is a MeldError');
      same({ ...rest, exports: rest.exports.map(({ of = null, ...as }) => ({ ...as, of })), connections: known, refused: error?.toJSON() ?? null }, wiring, 'how they connect');
    });
    tests.set(`compose: ${title}`, async () => {
      const given = await Promise.all(inputs.map((one) => take(one, input)));
      if (expected === null) {
        const error = await failure(() => compose(given, composing));
        same(error.toJSON(), wiring.refused, 'the error');
      } else {
        same(await sha256(await compose(given, composing)), expected, 'the SHA-256');
      }
    });
  }

  tests.set('wrap: what nothing has changed becomes the component, and what no longer fits is refused', async () => {
    const component = await fuse(await input('shout.wat'), { output: 'component' });
    const { bytes } = await fuse(await input('shout.wat'));
    same(await sha256(await wrap({ name: 'fused.wasm', bytes })), await sha256(component.bytes), 'the SHA-256');
    const { features, json, text } = await inspect({ name: 'fused.wasm', bytes });
    holds(Array.isArray(features) && text.includes('a fused core module'), `inspect tells what it is: ${text}`);
    same(json.features, features, 'the features');
    const error = await failure(() => wrap({ name: 'module.wat', bytes: '(module)' }));
    holds(error instanceof MeldError, `a MeldError is thrown, and not ${error}`);
    same([error.code, error.input], ['unsupported', 'module.wat'], 'the error');
  });

  tests.set('verify: a result is made again from what it tells, and another input is found out', async () => {
    const given = [await input('doubler.wat'), await input('user.wat')];
    const { bytes } = await fuse(given, { provenance: true });
    const fused = { name: 'fused.wasm', bytes };
    await verify(given, fused);
    const { text } = await inspect(fused);
    holds(text.includes('doubler.wat: '), `inspect tells what it came from: ${text}`);
    const error = await failure(() => verify([given[1], given[0]], fused));
    holds(error instanceof MeldError, `a MeldError is thrown, and not ${error}`);
    same([error.code, error.input], ['invalid', 'fused.wasm'], 'the error');
  });

  tests.set('fuse: several inputs, and the result runs', async () => {
    const inputs = [await input('doubler.wat'), await input('user.wat')];
    const { bytes } = await fuse(inputs);
    const { instance } = await WebAssembly.instantiate(bytes);
    same(instance.exports.run(), 42, 'what the result returns');
    const whole = { name: 'whole.wasm', bytes: await compose(inputs) };
    same(await sha256((await fuse(whole)).bytes), await sha256(bytes), 'the SHA-256 of the composition, fused');
  });

  tests.set('fuse: text as a string, and bytes inside a larger buffer', async () => {
    const { name, bytes } = await input('adder.wat');
    const expected = await sha256((await fuse({ name, bytes })).bytes);
    const text = new TextDecoder().decode(bytes);
    same(await sha256((await fuse({ name, bytes: text })).bytes), expected, 'the SHA-256 for a string');
    const larger = new Uint8Array(bytes.length + 8);
    larger.set(bytes, 3);
    const inside = larger.subarray(3, 3 + bytes.length);
    same(await sha256((await fuse({ name, bytes: inside })).bytes), expected, 'the SHA-256 for a part of a buffer');
  });

  tests.set('fuse: names are kept where they are wanted', async () => {
    const given = await input('shout.wat');
    const [without, with_] = [await fuse(given), await fuse(given, { names: true })];
    holds(with_.bytes.length > without.bytes.length, 'names take room');
  });

  for (const [output, several, phases] of [
    ['core-module', false, ['read', 'link', 'merge', 'done']],
    ['component', false, ['read', 'link', 'merge', 'wrap', 'done']],
    ['component', true, ['compose', 'read', 'link', 'merge', 'wrap', 'done']],
  ]) {
    tests.set(`fuseSteps: ${several ? 'several inputs' : 'one input'} as ${output}`, async () => {
      const given = several ? [await input('doubler.wat'), await input('user.wat')] : await input('shout.wat');
      const seen = [];
      let fused;
      for await (const step of fuseSteps(given, { output })) {
        holds(typeof step.done === 'number' && step.done <= step.total, `${step.done} of ${step.total} is progress`);
        holds(fused === undefined, 'nothing follows the result');
        if (seen.at(-1) !== step.phase) seen.push(step.phase);
        if (step.phase === 'done') fused = step.fused;
      }
      same(seen, phases, 'the phases');
      same(await sha256(fused.bytes), await sha256((await fuse(given, { output })).bytes), 'the SHA-256');
    });
  }

  tests.set('fuse: others get their turn meanwhile', async () => {
    const given = await large();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await fuse(given);
    clearInterval(timer);
    holds(turns > 0, 'a timer has run before the end');
  });

  tests.set('fuse: two at a time', async () => {
    const [one, other] = [await large(), await input('shout.wat')];
    const apart = [await fuse(one), await fuse(other)];
    const meanwhile = await Promise.all([fuse(one), fuse(other)]);
    const sums = await Promise.all([...apart, ...meanwhile].map(({ bytes }) => sha256(bytes)));
    same(sums.slice(2), sums.slice(0, 2), 'the SHA-256s');
  });

  tests.set('fuse: a signal that is aborted already', async () => {
    const reason = new Enough();
    const thrown = await failure(async () => fuse(await input('adder.wat'), { signal: AbortSignal.abort(reason) }));
    holds(thrown === reason, `the reason is thrown, and not ${thrown}`);
  });

  tests.set('fuse: a signal that is aborted on the way', async () => {
    const controller = new AbortController();
    const reason = new Enough();
    setTimeout(() => controller.abort(reason), 1);
    const given = await large();
    const thrown = await failure(() => fuse(given, { signal: controller.signal }));
    holds(thrown === reason, `the reason is thrown, and not ${thrown}`);
  });

  tests.set('fuseSteps: aborted between two steps', async () => {
    const controller = new AbortController();
    const steps = [];
    const thrown = await failure(async () => {
      for await (const step of fuseSteps(await input('shout.wat'), { signal: controller.signal })) {
        steps.push(step.phase);
        controller.abort();
      }
    });
    same([thrown.name, steps.length], ['AbortError', 1], 'what is thrown, and the number of steps');
  });

  tests.set('fuseSteps: a loop that is left early', async () => {
    const given = await input('shout.wat');
    const steps = fuseSteps(given);
    for await (const step of steps) {
      same(step.phase, 'read', 'the first phase');
      break;
    }
    same(await steps.next(), { done: true }, 'what is left');
    await fuse(given);
  });

  tests.set('errors: of several inputs, none', async () => {
    const thrown = await failure(() => fuse([]));
    same([thrown instanceof MeldError, thrown.code, thrown.path], [true, 'invalid-option', []], 'the error');
  });

  const name = 'x';
  const bytes = new Uint8Array();
  for (const [title, call, message] of [
    ['no input', () => fuse(undefined), 'inputs must be an object, and is undefined'],
    ['no name', () => fuse({ bytes }), 'inputs.name must be a string, and is undefined'],
    ['no bytes', () => fuse([{ name, bytes: [1] }]), 'inputs[0].bytes must be a Uint8Array, an ArrayBuffer or a string, and is of type Array'],
    ['other bytes', () => inspect({ name, bytes: new Uint16Array() }), 'input.bytes must be a Uint8Array, an ArrayBuffer or a string, and is of type Uint16Array'],
    ['a module without bytes', () => wrap({ name }), 'module.bytes must be a Uint8Array, an ArrayBuffer or a string, and is undefined'],
    ['a package', () => inspect({ name, bytes, package: 1 }), 'input.package must be a string, and is 1'],
    ['an output', () => fuse({ name, bytes }, { output: 'module' }), 'options.output must be "core-module" or "component", and is "module"'],
    ['names', () => fuse({ name, bytes }, { names: 1 }), 'options.names must be a boolean, and is 1'],
    ['provenance', () => fuse({ name, bytes }, { provenance: 1 }), 'options.provenance must be a boolean, and is 1'],
    ['debugInfo', () => fuse({ name, bytes }, { debugInfo: 1 }), 'options.debugInfo must be a boolean, and is 1'],
    ['a resource', () => fuse({ name, bytes }, { opaqueRep: 'a' }), 'options.opaqueRep must be an array of strings, and is "a"'],
    ['resources', () => fuse({ name, bytes }, { opaqueRep: [2n] }), 'options.opaqueRep[0] must be a string, and is 2'],
    ['a version of WASI', () => fuse({ name, bytes }, { wasi: '0.1' }), 'options.wasi must be "as-imported" or "preview1", and is "0.1"'],
    ['a memory', () => fuse({ name, bytes }, { memory: 1 }), 'options.memory must be "multi" or "single", and is 1'],
    ['reservations', () => fuse({ name, bytes }, { reserve: 1 }), 'options.reserve must be an object, and is 1'],
    ['a reservation', () => fuse({ name, bytes }, { reserve: { a: 1.5 } }), 'options.reserve["a"] must be a number of bytes, and is 1.5'],
    ['an optimisation', () => fuse({ name, bytes }, { skip: ['inlining'] }), 'options.skip[0] must be one of direct-calls, bulk-copies, elide-checks, inline-handles, import-shims, unreachable, and is "inlining"'],
    ['optimisations', () => fuse({ name, bytes }, { skip: 'none' }), 'options.skip must be an array of strings or "all", and is "none"'],
    ['an explanation', () => fuse({ name, bytes }, { explain: 1 }), 'options.explain must be a boolean, and is 1'],
    ['a signal', () => fuse({ name, bytes }, { signal: new AbortController() }), 'options.signal must be an AbortSignal, and is of type AbortController'],
    ['a document', () => fuse({ name, bytes }, { wac: 'package a:b;' }), 'options.wac must be an object, and is "package a:b;"'],
    ['its text', () => compose([{ name, bytes }], { wac: { name } }), 'composing.wac.text must be a string, and is undefined'],
    ['its name', () => wire([{ name, bytes }], { wac: { text: '' } }), 'composing.wac.name must be a string, and is undefined'],
    ['the order', () => fuse({ name, bytes }, { inOrder: 'yes' }), 'options.inOrder must be a boolean, and is "yes"'],
    ['stubs', () => compose([{ name, bytes }], { stub: 'a:b/*' }), 'composing.stub must be an array of strings, and is "a:b/*"'],
    ['a stub', () => wire([{ name, bytes }], { stub: [1] }), 'composing.stub[0] must be a string, and is 1'],
    ['another way to compose', () => wire([{ name, bytes }], { name: 'x.wac', text: '' }), 'composing has no member "name": its members are wac, inOrder, stub'],
    ['another option', () => fuse({ name, bytes }, { ouput: 'component' }), 'options has no member "ouput": its members are output, wasi, names, debugInfo, provenance, wac, inOrder, stub, opaqueRep, memory, reserve, skip, explain, signal'],
  ]) {
    tests.set(`mistakes: ${title}`, async () => {
      const thrown = await failure(call);
      same([thrown.name, thrown.message], ['TypeError', message], 'the error');
    });
  }

  tests.set('version: is that of the fuser inside the native command', async () => {
    same(await meld.version(), version, 'the version');
  });

  /** A component that takes a while, and many steps: one core module over and over. */
  async function large() {
    const functions = '(func (drop (i32.const 1)))'.repeat(20_000);
    const once = await compose({ name: 'once', bytes: `(component (core module ${functions}))` });
    const [preamble, module] = [once.subarray(0, 8), once.subarray(8)];
    const bytes = new Uint8Array(8 + 20 * module.length);
    bytes.set(preamble);
    for (let copy = 0; copy < 20; copy++) bytes.set(module, 8 + copy * module.length);
    return { name: 'large', bytes };
  }

  return tests;
}

/** An input as the package takes it. Inputs without contents are files. */
function take({ text, bytes, ...rest }, input) {
  if (text !== undefined) return { ...rest, bytes: text };
  return bytes ? { ...rest, bytes: new Uint8Array(bytes) } : input(rest.name);
}

function withDashes(statistics) {
  const dashes = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(statistics).map(([name, figure]) => [dashes(name), figure]));
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
