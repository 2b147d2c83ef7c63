// The engines that run modules of WASI 0.1, each started the way its users start it. In: a module, and what it is
// started with. Out: what came of it. Expects what tools.sh and `just serve npm chromium` leave. Not their job:
// what is to come of it (engines.test.mjs).

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'target');
const tools = join(target, 'engines');

const WASMTIME = join(target, 'tools/bin/wasmtime');

/**
 * Runs a program of this machine in `directory`, with nothing but `variables` in its environment.
 * @param {{ arguments: string[], variables: Record<string, string>, input: Buffer, directory: string }} start
 */
function run([program, ...args], start, cwd = root) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: start.variables,
    input: start.input,
    maxBuffer: 1 << 26,
  });
  if (error) throw error;
  return { output: stdout.toString(), errors: stderr.toString(), status: status ?? signal };
}

const settings = (start) => Object.entries(start.variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

/** Runs a component, or a module of WASI 0.1, in wasmtime's command. */
export const wasmtime = (file, start) =>
  run([WASMTIME, 'run', '--dir', `${start.directory}::/`, ...settings(start), file, ...start.arguments], start);

/** The program that wasm2c and a C compiler make of a module, with the host of WASI 0.1 in wasm2c/wasi.c. */
function compiled(file) {
  const program = `${file}.x`;
  if (existsSync(program)) return program;
  const folder = `${file}.c`;
  mkdirSync(folder);
  const alone = { variables: { PATH: process.env.PATH }, input: Buffer.alloc(0) };
  const runtime = '/usr/share/wabt/wasm2c';
  for (const command of [
    ['wasm2c', '--module-name', 'program', file, '-o', join(folder, 'program.c')],
    ['cc', '-O1', '-o', program, `-I${folder}`, `-I${runtime}`, join(folder, 'program.c'),
      join(root, 'tests/engines/wasm2c/wasi.c'), join(runtime, 'wasm-rt-impl.c'), '-lm'],
  ]) {
    const { status, errors } = run(command, alone);
    if (status !== 0) throw new Error(errors);
  }
  return program;
}

const host = (name) => (file, start) =>
  run([join(tools, 'release', name), '--dir', start.directory, file, ...start.arguments], start);

/** How each is started: with a module's file, and what it is started with. Its `directory` is the program's `/`. */
export const ENGINES = {
  wasmtime,
  'node:wasi': (file, start) =>
    run([process.execPath, '--no-warnings', join(root, 'docs/examples/wasi-0.1/node.mjs'), file, ...start.arguments], start, start.directory),
  wasmi: host('wasmi'),
  WAMR: host('wamr'),
  wasm2c: (file, start) => run([compiled(file), '--dir', start.directory, ...start.arguments], start),
  wasm3: (file, start) =>
    run([join(tools, 'venv/bin/python'), join(root, 'tests/engines/wasm3/run.py'), file, ...start.arguments], start),
};

/** Puts files into a directory, by their paths. */
export function fill(directory, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** Every file, link and directory below a directory, by path, with what is in it. */
export function look(directory, prefix = '') {
  return readdirSync(directory).sort().flatMap((name) => {
    const path = join(directory, name);
    const what = lstatSync(path);
    if (what.isSymbolicLink()) return [[`${prefix}/${name}`, `link to ${readlinkSync(path)}`]];
    if (what.isDirectory()) return [[`${prefix}/${name}`, 'directory'], ...look(path, `${prefix}/${name}`)];
    return [[`${prefix}/${name}`, readFileSync(path, 'latin1')]];
  });
}
