// The examples that come with the page. In: `examples/index.json` and the files that it names,
// compressed with gzip. Out: inputs. Not its job: showing them.

import type { WacSource } from 'meld-fuser';
import type { KeptFile } from '../run/kept';
import type { NamedBytes } from './files';

export interface Example {
  id: string;
  title: string;
  description: string;
  inputs: { name: string; file: string; package?: string }[];
  wac?: WacSource;
  run?: { kind: 'command'; args?: string[]; stdin?: string; environment?: string; files?: KeptFile[] };
}

const FOLDER = new URL('examples/', document.baseURI);

async function get(file: string): Promise<Response> {
  const answer = await fetch(new URL(file, FOLDER));
  if (!answer.ok) throw new Error(`${file} could not be fetched: ${answer.status} ${answer.statusText}`);
  return answer;
}

let index: Promise<Example[]> | null = null;

export function examples(): Promise<Example[]> {
  index ??= get('index.json')
    .then((answer) => answer.json() as Promise<Example[]>)
    .catch((error: unknown) => {
      index = null;
      throw error;
    });
  return index;
}

/** Some servers decompress a `.gz` on the way, so the bytes decide. */
async function unpacked(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

export function fetchInputs(example: Example): Promise<(NamedBytes & { package: string })[]> {
  return Promise.all(
    example.inputs.map(async ({ name, file, package: pack }) => {
      const bytes = await unpacked(await get(file));
      return { name, package: pack ?? '', bytes };
    }),
  );
}
