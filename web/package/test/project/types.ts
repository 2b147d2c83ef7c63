// Uses every name of the package, for the compiler alone.

import * as meld from 'meld-fuser';
import type { Code, ErrorDocument, Fused, Input, Inspection, Options, Statistics, Step, Wiring } from 'meld-fuser';

const input: Input = { name: 'a.wat', bytes: new Uint8Array(), package: 'a:b' };
const options: Options = { output: 'component', names: true, debugInfo: true, opaqueRep: [], memory: 'single', reserve: { a: 65536 }, skip: ['unreachable'], explain: true, signal: AbortSignal.timeout(1000) };

export async function use(): Promise<Uint8Array> {
  const fused: Fused = await meld.fuse([input, { name: 'b', bytes: '(component)' }], options);
  const statistics: Statistics = fused.statistics;
  const skipped: meld.Optimization = 'import-shims';
  for (const { optimization, what, place } of fused.explanation) console.log(skipped === optimization, what, place);
  const size: number = statistics.outputBytes + statistics.adapters;
  for await (const step of meld.fuseSteps(input)) {
    const { phase, done, total }: Step = step;
    if (step.phase === 'done') return step.fused.bytes;
    // @ts-expect-error: only the last step has the result
    console.log(step.fused, phase, (size * done) / total);
  }
  const inspection: Inspection = await meld.inspect(input);
  const name: string = inspection.json.name + inspection.wit + inspection.text;
  const features: string[] = inspection.features;
  const wrapped: Uint8Array = await meld.wrap({ name, bytes: fused.bytes });
  await meld.verify(input, { name, bytes: fused.bytes });
  console.log(features, wrapped);
  const wiring: Wiring = await meld.wire([input], { wac: { name, text: '' } });
  for (const { metBy } of wiring.connections) {
    if (metBy.tag === 'ambiguous') console.log(metBy.val.map(({ instance }) => wiring.instances[instance]?.input));
  }
  try {
    return await meld.compose(input);
  } catch (error) {
    if (!(error instanceof meld.MeldError)) throw error;
    const document: ErrorDocument = error.toJSON();
    const code: Code = error.code;
    const offset: number | undefined = error.offset;
    // @ts-expect-error: no such code
    console.log(document, offset, code === 'broken', wiring.refused?.hint);
    throw error;
  }
}

// @ts-expect-error: bytes are missing
void meld.inspect({ name: 'a' });
// @ts-expect-error: no such output
void meld.fuse(input, { output: 'module' });
// @ts-expect-error: a number is no bigint
export const wrong: Promise<bigint> = meld.fuse(input).then(({ statistics }) => statistics.inputBytes);
export const version: Promise<string> = meld.version();
