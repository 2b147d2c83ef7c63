// The page in which the cases run. In: what the native command says, from the server. Out: `run`, which
// runs one test by its name and gives the error, or nothing.

import * as meld from 'meld-fuser';
import { cases } from '../cases.js';

const tests = fetch('/inputs/native.json')
  .then((response) => response.json())
  .then((native) => cases(meld, native, load));

async function load(name) {
  const response = await fetch(`/inputs/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

window.run = async (name) => {
  try {
    await (await tests).get(name)();
  } catch (error) {
    return String(error.stack ?? error);
  }
};
