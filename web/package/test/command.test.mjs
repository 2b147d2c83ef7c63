// The command: what it writes, says and ends with is what the native command does. In: the package and
// `target/release/meld`.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { meld, scratch } from './native.js';

const command = fileURLToPath(new URL('../dist/command.js', import.meta.url));
const shout = readFileSync(new URL('./fixtures/shout.wat', import.meta.url));

/** Runs a command, and gives what it wrote, said and ended with. */
function run(program, args, { cwd, input = '' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd });
    const [stdout, stderr] = [[], []];
    child.stdout.on('data', (chunk) => stdout.push(chunk));
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin.on('error', () => {}); // It need not read all.
    child.stdin.end(input);
  });
}

/** Two directories with the same files, and what each command did in its own. */
async function both(args, { input, from = '.', prepare = () => {} } = {}) {
  const done = async (directory, program, first) => {
    mkdirSync(join(directory, 'below/further'), { recursive: true });
    for (const name of ['shout.wat', 'below/shout.wat']) writeFileSync(join(directory, name), shout);
    prepare(directory);
    const given = args.map((arg) => arg.replaceAll('ROOT', directory));
    const { code, stdout, stderr } = await run(program, [...first, ...given], { cwd: join(directory, from), input });
    const files = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length))
      .sort();
    const contents = files.map((name) => readFileSync(join(directory, name)).toString('base64'));
    return { code, stdout, stderr: stderr.replaceAll(directory, 'ROOT'), files, contents };
  };
  const native = await scratch((directory) => done(directory, meld, []));
  const own = await scratch((directory) => done(directory, process.execPath, [command]));
  return { native, own };
}

/** A message as a component can give it: without the numbers of the system's errors. */
const plain = (text) => text.replace(/ \(os error \d+\)/g, '');

for (const [title, args, options] of [
  ['to standard output', ['fuse', 'shout.wat']],
  ['from and to streams', ['fuse', '-', '-o', '-'], { input: shout }],
  ['megabytes through pipes', ['fuse', '-'], { input: `(component (core module ${'(func (drop (i32.const 1)))'.repeat(100_000)}))` }],
  ['to a file', ['fuse', 'shout.wat', '-o', 'out.wasm']],
  ['a component', ['fuse', './shout.wat', '--component', '--output=./out.wasm']],
  ['over what is there', ['fuse', 'shout.wat', '-o', 'shout.wat']],
  ['absolute paths', ['fuse', 'ROOT/shout.wat', '-oROOT/below/out.wasm']],
  ['absolute paths with more slashes and dots than they need', ['fuse', '//ROOT//shout.wat', '-o', '//ROOT/./below//.//out.wasm']],
  ['a path that begins with two slashes, and a relative one', ['fuse', 'a:b=/ROOT/below/shout.wat', '-o', 'below/out.wasm']],
  ['an absolute and a relative path', ['fuse', 'ROOT/below/shout.wat', '-o', 'out.wasm']],
  ['from below', ['fuse', '../../shout.wat', '-o', '../out.wasm'], { from: 'below/further' }],
  ['from below, by other ways', ['fuse', '../further/../shout.wat', '-o', '../../below/out.wasm'], { from: 'below/further' }],
  ['over what is there, from below', ['fuse', '../shout.wat', '-o', '../../below/shout.wat'], { from: 'below/further' }],
  ['figures', ['fuse', 'shout.wat', '-o', 'out.wasm', '--stats']],
  ['figures as JSON', ['fuse', 'shout.wat', '-o', 'out.wasm', '--json']],
  ['quiet', ['fuse', 'shout.wat', '-o', 'out.wasm', '--quiet']],
  ['to a device', ['fuse', 'shout.wat', '-o', '/dev/null']],
  ['by a link', ['fuse', 'link.wat', '-o', 'out'], { prepare: links }],
  ['by a link above', ['fuse', '../link.wat', '-o', '../out'], { prepare: links, from: 'below' }],
  ['inspect', ['inspect', 'shout.wat']],
  ['inspect as JSON', ['inspect', 'shout.wat', '--json']],
  ['compose', ['compose', 'shout.wat', '-o', 'out.wasm']],
  ['text that does not parse', ['fuse', '-'], { input: '(component\n  (nothing))' }],
  ['the same as JSON', ['fuse', '-', '--json'], { input: '(component\n  (nothing))' }],
  ['a missing file', ['fuse', 'missing.wat', '-o', 'out.wasm']],
  ['a missing file, from below', ['fuse', '../missing.wat', '-o', 'out.wasm'], { from: 'below' }],
  ['a missing file by an absolute path', ['fuse', 'ROOT/missing.wat', '-o', 'out.wasm']],
  ['a core module that meld made', ['fuse', 'made.wasm'], { prepare: fused }],
  ['several inputs that do not go together', ['fuse', 'shout.wat', 'below/shout.wat', '-o', 'out.wasm']],
  ['a document', ['fuse', 'acme:shout=shout.wat', '--wac', 'app.wac', '-o', 'out.wasm'], { prepare: document('') }],
  ['a document with a byte order mark', ['fuse', 'acme:shout=shout.wat', '--wac', 'app.wac', '-o', 'out.wasm'], { prepare: document('\ufeff') }],
  ['a document that is wrong, with a byte order mark', ['fuse', 'acme:shout=shout.wat', '--wac', 'app.wac', '-o', 'out.wasm'], { prepare: document('\ufeff?') }],
  ['a document that is not UTF-8', ['fuse', 'acme:shout=shout.wat', '--wac', 'app.wac', '-o', 'out.wasm'], { prepare: document(Buffer.from([0xe9])) }],
  ['a name outside of ASCII', ['fuse', 'é\ufffd.wat', '-o', 'ü.wasm'], { prepare: (directory) => writeFileSync(join(directory, 'é\ufffd.wat'), shout) }],
  ['a directory as input', ['fuse', 'below', '-o', 'out.wasm']],
  ['a directory as output', ['fuse', 'shout.wat', '-o', 'below']],
  ['a directory that is missing', ['fuse', 'shout.wat', '-o', 'nowhere/out.wasm']],
  ['a file as a directory', ['fuse', 'shout.wat', '-o', 'shout.wat/out.wasm']],
  ['one stream twice', ['fuse', '-', '-', '-o', 'out.wasm'], { input: shout }],
  ['no input', ['fuse']],
  ['contradictions', ['fuse', 'shout.wat', '--quiet', '--verbose']],
]) {
  test(`command: ${title}`, async () => {
    const { native, own } = await both(args, options);
    assert.deepEqual(own.files, native.files);
    assert.deepEqual(own.contents, native.contents);
    assert.equal(plain(own.stderr), plain(native.stderr));
    assert.ok(own.stdout.equals(native.stdout), `standard output: ${own.stdout.subarray(0, 500)}`);
    // A component can tell its host no more than this.
    assert.equal(own.code, native.code === 0 ? 0 : 1);
  });
}

test('command: help', async () => {
  const { native, own } = await both(['--help']);
  // The native command adds options of its own, last.
  const [before] = native.stdout.toString().split(/\nOptions/);
  assert.match(own.stdout.toString(), /\n {2}fuse +Fuse components/);
  assert.equal(own.stdout.toString().split(/\nOptions/)[0].replace('[OPTIONS] ', ''), before.replace('[OPTIONS] ', ''));
});

test('command: the version', async () => {
  const { native, own } = await both(['--version']);
  assert.equal(own.stdout.toString(), native.stdout.toString().split(/(?<=\n)/)[0]);
});

test('command: a reader that has seen enough', async () => {
  await scratch(async (cwd) => {
    const script = `"${process.execPath}" "${command}" --help | head -n 1`;
    const { stdout, stderr } = await run('bash', ['-o', 'pipefail', '-c', script], { cwd });
    assert.match(stdout.toString(), /^Fuses WebAssembly components/);
    assert.equal(stderr, '');
  });
});

test('command: a name that is not UTF-8', async () => {
  await scratch(async (cwd) => {
    writeFileSync(Buffer.concat([Buffer.from(join(cwd, 'caf')), Buffer.from([0xe9])]), shout);
    for (const line of ["fuse $'caf\\xe9' -o out.wasm", "fuse shout.wat -o $'\\xe9.wasm'", "fuse shout.wat --output=$'\\xe9/out.wasm'"]) {
      const { code, stderr } = await run('bash', ['-c', `"${process.execPath}" "${command}" ${line}`], { cwd });
      assert.equal(code, 1, line);
      assert.match(stderr, /^error: \S+ cannot be reached: a name that is not UTF-8 does not come through/);
    }
    assert.equal(readdirSync(cwd).length, 1);
  });
});

test('command: absolute paths that begin with a dot', async () => {
  await scratch(async (cwd) => {
    writeFileSync(join(cwd, 'shout.wat'), shout);
    for (const before of ['/.', '/..', '//..', '/.//']) {
      const { code, stderr } = await run(process.execPath, [command, 'fuse', 'shout.wat', '-o', `${before}${cwd}/out.wasm`], { cwd });
      assert.equal(code, 1, before);
      assert.match(stderr, /^error: \S+ cannot be reached: write it without the dots in front/);
    }
    assert.deepEqual(readdirSync(cwd), ['shout.wat']);
  });
});

test('command: paths that it could not tell apart', async () => {
  await scratch(async (cwd) => {
    const below = cwd.slice(1);
    mkdirSync(join(cwd, below), { recursive: true });
    for (const name of [`${cwd}/shout.wat`, `${cwd}/${below}/shout.wat`]) writeFileSync(name, shout);
    const args = [command, 'fuse', `${cwd}/shout.wat`, '-o', `${below}/out.wasm`];
    const { code, stderr } = await run(process.execPath, args, { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* cannot be told from a path that begins with /);
  });
});

/** A WAC document with something in front. */
function document(before) {
  const text = `package acme:app;\nlet shout = new acme:shout { ... };\nexport shout...;\n`;
  return (directory) => writeFileSync(join(directory, 'app.wac'), Buffer.concat([Buffer.from(before), Buffer.from(text)]));
}

/** A core module that is a result. */
function fused(directory) {
  const { status } = spawnSync(meld, ['fuse', 'shout.wat', '-o', 'made.wasm'], { cwd: directory });
  assert.equal(status, 0);
}

/** Links with absolute ends, as a shell makes them. */
function links(directory) {
  writeFileSync(join(directory, 'below/old.wasm'), 'old');
  symlinkSync(join(directory, 'below/shout.wat'), join(directory, 'link.wat'));
  symlinkSync(join(directory, 'below/old.wasm'), join(directory, 'out'));
}
