// Runs a command that jco has transpiled. In: its JavaScript. Out: what the command prints.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { run } = await import(pathToFileURL(resolve(process.argv[2])));
run.run();
