// What the native command says of each input, for comparison. In: `target/release/meld`, fixtures, and
// the inputs of `refusals.js` and `together.js`. Out: its results, as data that a page can fetch.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusals } from './refusals.js';
import { together } from './together.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const meld = join(root, 'target/release/meld');
const folders = {
  own: join(root, 'web/package/test/fixtures'),
  cases: join(root, 'tests/cases/wat'),
  refused: join(root, 'tests/cases/refused'),
};

/** Runs the native command, and gives its streams and its exit code. */
export function run(args, { cwd, input = '' } = {}) {
  return new Promise((resolve) => {
    const options = { cwd, encoding: 'buffer', maxBuffer: 1 << 28 };
    const child = execFile(meld, args, options, (error, stdout, stderr) => {
      resolve({ stdout, stderr: stderr.toString(), code: error ? error.code : 0 });
    });
    child.stdin.on('error', () => {}); // It need not read all.
    child.stdin.end(input);
  });
}

/** All that the native command says. Files that a browser may ask for are put into `directory`. */
export async function native(directory) {
  if (!existsSync(meld)) throw new Error(`${meld} is missing: \`just build\` builds it`);
  const told = { fixtures: [], refused: [], composed: [] };
  for (const name of [folders.own, folders.cases].flatMap((folder) => copy(folder, directory))) {
    told.fixtures.push({ name, ...(await both(directory, name)), inspect: await inspect(directory, name) });
  }
  for (const name of copy(folders.refused, directory)) {
    // Some can be a core module all the same, and no component.
    const core = await error(directory, ['fuse', name]);
    const options = core ? {} : { output: 'component' };
    const why = core ?? (await error(directory, ['fuse', name, '--component']));
    told.refused.push({ title: name, inputs: [{ name }], options, error: why });
  }
  for (const { title, inputs, options } of refusals) {
    const why = await among(inputs, options.wac, (cwd, files) => {
      const resources = (options.opaqueRep ?? []).flatMap((resource) => ['--opaque-rep', resource]);
      const stubs = (options.stub ?? []).flatMap((name) => ['--stub', name]);
      const memory = options.memory ? ['--memory', options.memory] : [];
      const reserve = Object.entries(options.reserve ?? {}).flatMap(([label, bytes]) => ['--reserve', `${label}=${bytes}`]);
      return error(cwd, ['fuse', ...files, ...resources, ...stubs, ...memory, ...reserve]);
    });
    told.refused.push({ title, inputs, options, error: why });
  }
  for (const { title, inputs, composing } of together) {
    const results = await among(inputs, composing?.wac, async (cwd, named) => {
      const { inOrder, stub = [] } = composing ?? {};
      const files = [...named, ...(inOrder ? ['--in-order'] : []), ...stub.flatMap((name) => ['--stub', name])];
      // Where they cannot be composed, how they connect goes to standard output all the same.
      const { wiring } = JSON.parse((await run(['inspect', ...files, '--json'], { cwd })).stdout);
      const { stdout } = await run(['compose', ...files], { cwd });
      return { wiring, compose: wiring.refused ? null : sha256(stdout) };
    });
    told.composed.push({ title, inputs, composing, ...results });
  }
  const version = (await run(['--version'])).stdout.toString();
  return { ...told, version: /^fuser (\S+) /m.exec(version)[1] };
}

/** Copies the fixtures in a folder, and gives their names. */
function copy(folder, directory) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.wat'));
  for (const name of names) copyFileSync(join(folder, name), join(directory, name));
  return names;
}

/** Runs the command in a directory with these inputs, and with a document if there is one. */
function among(inputs, wac, use) {
  return scratch(async (cwd) => {
    for (const { name, text, bytes } of inputs) writeFileSync(join(cwd, name), text ?? new Uint8Array(bytes));
    if (wac) writeFileSync(join(cwd, wac.name), wac.text);
    const files = inputs.map(({ name, package: pack }) => (pack ? `${pack}=${name}` : name));
    return use(cwd, [...files, ...(wac ? ['--wac', wac.name] : [])]);
  });
}

async function both(cwd, name) {
  const results = {};
  for (const [title, options, flags] of [
    ['core-module', {}, []],
    ['component', { output: 'component', explain: true }, ['--component', '--explain']],
    ['core-module without optimisations', { output: 'core-module', skip: 'all' }, ['-O0']],
    ['core-module with some', { skip: ['unreachable', 'elide-checks'] }, ['--skip', 'unreachable', '--skip', 'elide-checks']],
  ]) {
    const { stdout, stderr, code } = await run(['fuse', name, '--json', ...flags], { cwd });
    if (code !== 0) throw new Error(`meld fuse ${name}: ${stderr}`);
    const { statistics, explanation = [] } = JSON.parse(stderr);
    results[title] = { options, sha256: sha256(stdout), statistics, explanation };
  }
  return results;
}

async function inspect(cwd, name) {
  const text = (await run(['inspect', name], { cwd })).stdout.toString();
  // The command puts a member of its own before those of the fuser's document.
  const { wiring: _, ...json } = JSON.parse((await run(['inspect', name, '--json'], { cwd })).stdout);
  return { text, json };
}

/** Why the input is refused; null if it is not. */
async function error(cwd, args) {
  const { stderr, code } = await run([...args, '--json', '--output', 'never'], { cwd });
  if (code > 1) throw new Error(`meld ${args.join(' ')} ends with ${code}: ${stderr}`);
  return code === 0 ? null : JSON.parse(stderr).error;
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A directory for the duration of `use`. */
export async function scratch(use) {
  const directory = mkdtempSync(join(tmpdir(), 'meld-package-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
