#!/usr/bin/env node
// The command `meld` in Node.js: the command line that is inside `meld.wasm`, run with the arguments,
// the environment, the files and the streams of this process. Out: exit code 0, or 1 for any failure,
// as a component can tell its host no more. Not its job: what the command does.

import { explain, isRefusal } from './fuser.js';
import { start } from './instance.js';
import { nodeHost } from './node-host.js';

try {
  const { run } = await start(nodeHost(['meld', ...process.argv.slice(2)]));
  run.run();
} catch (error) {
  process.exitCode = 1;
  // What the command refuses, it has told about itself.
  if (!isRefusal(error)) {
    const told = explain(error, '');
    console.error(`error: ${told instanceof Error ? told.message : String(told)}`);
  }
}
