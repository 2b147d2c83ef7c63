// The package: fuses components, and tells about them, by `meld.wasm`. In: bytes and options. Out: bytes,
// figures and texts, or a `MeldError`. Not its job: files, and the command line.

import * as check from './check.js';
import { MeldError } from './error.js';
import { open } from './fuser.js';
import { numbers } from './numbers.js';
import { pace, turn } from './turn.js';
import type {
  Composing,
  Fused,
  Input,
  Inspection,
  InspectionDocument,
  Options,
  Step,
  Wiring,
} from './types.js';

export { type Code, type ErrorDocument, MeldError } from './error.js';
export type * from './types.js';

/**
 * Fuses components into one core module or one component. Lets the event loop run now and then.
 *
 * @throws {MeldError} if there is no result
 * @throws {TypeError} if an argument has the wrong type
 */
export async function fuse(inputs: Input | readonly Input[], options: Options = {}): Promise<Fused> {
  for await (const step of fuseSteps(inputs, options)) {
    if (step.phase === 'done') return step.fused;
  }
  throw new Error('the steps ended before the work was done');
}

/**
 * Fuses in steps, for callers that show progress. The last step has the result. To end the work early,
 * leave the loop or abort the signal.
 *
 * @throws {MeldError} if there is no result
 * @throws {TypeError} if an argument has the wrong type
 */
export async function* fuseSteps(
  inputs: Input | readonly Input[],
  options: Options = {},
): AsyncGenerator<Step, void, void> {
  const taken = check.inputs(inputs);
  const { options: plain, signal } = check.options(options);
  const paced = pace(signal);
  await paced();
  // The session ends with the instance, which is nobody else's: there is nothing to drop.
  const call = await open();
  const session = call(({ Session }) => new Session(plain));
  for (const input of taken) {
    await paced();
    call(() => session.add(input));
  }
  for (;;) {
    await paced();
    const { phase, ...counts } = numbers(call(() => session.step()));
    if (phase === 'done') {
      const fused = call(({ Session }) => Session.finish(session));
      yield { phase, ...counts, fused: numbers(fused) };
      return;
    }
    yield { phase, ...counts };
    // These are one step, however long: what has just been told is drawn before it.
    if (phase === 'compose' || phase === 'wrap') await turn();
  }
}

/**
 * Tells about one component without fusing it, or about a fused core module.
 *
 * @throws {MeldError} if it is neither
 * @throws {TypeError} if an argument has the wrong type
 */
export async function inspect(input: Input): Promise<Inspection> {
  const taken = check.input(input, 'input');
  const call = await open();
  const { json, ...told } = call((fuser) => fuser.inspect(taken));
  return { ...told, json: JSON.parse(json) as InspectionDocument };
}

/**
 * Tells how several inputs connect. Why they cannot be composed with each other is told in the result.
 *
 * @throws {MeldError} if an input or the document cannot be read
 * @throws {TypeError} if an argument has the wrong type
 */
export async function wire(inputs: Input | readonly Input[], composing: Composing = {}): Promise<Wiring> {
  const taken = check.inputs(inputs);
  const how = check.onlyComposing(composing);
  const call = await open();
  const { refused, ...wiring } = call((fuser) => fuser.wire(taken, how));
  return refused === undefined ? wiring : { ...wiring, refused: new MeldError(refused) };
}

/**
 * Makes one component of several, unfused: what `fuse` would fuse. In it, each input stands as it is. A
 * single input without a document and stubs comes out as it came, as binary.
 *
 * @throws {MeldError} if they cannot be composed
 * @throws {TypeError} if an argument has the wrong type
 */
export async function compose(inputs: Input | readonly Input[], composing: Composing = {}): Promise<Uint8Array> {
  const taken = check.inputs(inputs);
  const how = check.onlyComposing(composing);
  const call = await open();
  return call((fuser) => fuser.compose(taken, how));
}

/**
 * Makes the component of a core module that `fuse` made, after an optimiser or anything else that keeps its imports,
 * exports and custom sections has been at it. One that was not changed becomes what `fuse` makes as a component.
 *
 * @throws {MeldError} if it carries nothing of a component, or no longer fits it
 * @throws {TypeError} if an argument has the wrong type
 */
export async function wrap(module: Input): Promise<Uint8Array> {
  const taken = check.input(module, 'module');
  const call = await open();
  return call((fuser) => fuser.wrap(taken));
}

/**
 * Fuses again what a result says that it came from, and compares. The result is one of `fuse` with `provenance`, and
 * the inputs are what went in, in their order; names, packages, a document and options are those that it tells.
 *
 * @throws {MeldError} if it does not say what it came from, or is not what comes out: with what differs
 * @throws {TypeError} if an argument has the wrong type
 */
export async function verify(inputs: Input | readonly Input[], fused: Input): Promise<void> {
  const taken = check.inputs(inputs);
  const result = check.input(fused, 'fused');
  const call = await open();
  return call((fuser) => fuser.verify(taken, result));
}

/** The version of the fuser, as `MAJOR.MINOR.PATCH`. */
export async function version(): Promise<string> {
  const call = await open();
  return call((fuser) => fuser.version());
}
