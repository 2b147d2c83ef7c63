// What the native command says and makes of the same inputs. In: files as names and bytes. Out:
// bytes, errors, output.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binaries, meld, runComponent } from './places.mjs';

const exec = promisify(execFile);

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Writes files into a folder; a name may have folders in it. */
export async function put(folder, files) {
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

/** Fuses with the options of the command line, such as `--component`; the result's bytes. */
export async function fuse(folder, inputs, options = [], wac = null) {
  const out = 'native-result.wasm';
  await put(folder, inputs);
  if (wac) await put(folder, [{ name: wac.name, bytes: wac.text }]);
  const words = inputs.map(({ name, package: pack }) => (pack ? `${pack}=${name}` : name));
  const composed = wac ? ['--wac', wac.name] : [];
  await exec(meld, ['fuse', ...words, ...composed, '-o', out, '-q', ...options], { cwd: folder });
  return readFile(join(folder, out));
}

/** The figures about fusing. */
export async function statistics(folder, inputs, options) {
  await put(folder, inputs);
  const { stdout } = await exec(meld, ['fuse', ...inputs.map(({ name }) => name), '-o', 'native-result.wasm', '--json', ...options], { cwd: folder });
  return JSON.parse(stdout).statistics;
}

/** The error, as an object, that fusing gives. */
export async function refusal(folder, inputs, options = [], wac = null) {
  await put(folder, inputs);
  if (wac) await put(folder, [{ name: wac.name, bytes: wac.text }]);
  try {
    await exec(meld, ['fuse', ...inputs.map(({ name }) => name), '-o', 'native-result.wasm', '--json', ...options], { cwd: folder });
  } catch (failed) {
    return JSON.parse(failed.stderr).error;
  }
  throw new Error(`meld fuses ${inputs.map(({ name }) => name)}`);
}

/** What `inspect` tells of the inputs. */
export async function inspect(folder, inputs, options = []) {
  await put(folder, inputs);
  const { stdout } = await exec(meld, ['inspect', '--json', ...inputs.map(({ name }) => name), ...options], { cwd: folder, maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}

/** Runs a line in a shell that finds `meld`. */
export async function shell(folder, line) {
  await exec('sh', ['-c', line], { cwd: folder, env: { ...process.env, PATH: `${binaries}:${process.env.PATH}` } });
}

/**
 * Runs a command component; its standard output. `environment` has a variable in each line, and `files` are what lies
 * in the directory `/`.
 */
export async function run(folder, component, { args = [], stdin = '', environment = '', files } = {}) {
  await put(folder, [{ name: 'run.wasm', bytes: component }]);
  const given = [];
  if (files) {
    await mkdir(join(folder, 'given'), { recursive: true });
    for (const { path, text } of files) await writeFile(join(folder, 'given', path), text);
    given.push('--dir', 'given::/');
  }
  for (const variable of environment.split('\n').filter(Boolean)) given.push('--env', variable);
  const child = spawn(runComponent, [...given, 'run.wasm', ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  child.stdin.end(stdin);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, stdout: Buffer.concat(parts).toString() };
}
