// The tarball in an empty project: it installs, and programs, the command, TypeScript and bundlers find
// what they need. In: the built package. Runs `npm`, as a user does.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createServer } from 'vite';
import { open } from './chromium.js';
import { meld } from './native.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const page = '<!doctype html><link rel="icon" href="data:," /><script type="module" src="./page.js"></script>';
const project = mkdtempSync(join(tmpdir(), 'meld-project-'));
after(() => rmSync(project, { recursive: true, force: true }));

/** Runs a program in the project, and gives what it wrote. */
function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: project, encoding: 'utf8' });
  if (error) throw error;
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

before(() => {
  // Without its scripts: they build, and other tests are using what was built.
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: join(here, '..'),
    encoding: 'utf8',
  });
  assert.equal(packed.status, 0, packed.stderr);
  const [{ filename, files }] = JSON.parse(packed.stdout);
  const names = files.map(({ path }) => path);
  for (const name of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'dist/meld.core.wasm']) {
    assert.ok(names.includes(name), `${name} is in the tarball`);
  }
  assert.deepEqual(names.filter((name) => !/^(LICENSE|README\.md|package\.json|dist\/.*)$/.test(name)), []);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  run('npm', 'install', '--no-audit', '--no-fund', `./${filename}`);
  for (const name of ['program.mjs', 'types.ts', 'page.js']) copyFileSync(join(here, 'project', name), join(project, name));
  for (const name of ['doubler.wat', 'user.wat']) copyFileSync(join(here, 'fixtures', name), join(project, name));
  run(meld, 'fuse', 'doubler.wat', 'user.wat', '--output', 'native.wasm');
});

test('install: a program', () => {
  const { statistics, wit, refused } = JSON.parse(run(process.execPath, 'program.mjs'));
  assert.ok(readFileSync(join(project, 'fused.wasm')).equals(readFileSync(join(project, 'native.wasm'))));
  assert.equal(statistics.outputBytes, readFileSync(join(project, 'native.wasm')).length);
  assert.match(wit, /import acme:demo\/math@0\.1\.0/);
  assert.equal(refused, 'malformed');
});

test('install: the command', () => {
  run('npx', '--no-install', 'meld', 'fuse', 'doubler.wat', 'user.wat', '-o', 'command.wasm');
  assert.ok(readFileSync(join(project, 'command.wasm')).equals(readFileSync(join(project, 'native.wasm'))));
});

for (const module of ['nodenext', 'esnext']) {
  test(`install: TypeScript, with modules of ${module}`, () => {
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const resolution = module === 'esnext' ? 'bundler' : module;
    const flags = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom,dom.asynciterable'];
    run(process.execPath, compiler, ...flags, '--module', module, '--moduleResolution', resolution, 'types.ts');
  });
}

test('install: comments of the interface reach the editor', () => {
  const ts = require('typescript');
  const file = join(project, 'types.ts');
  const program = ts.createProgram([file], {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  });
  const checker = program.getTypeChecker();
  const symbol = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(file).statements[0].moduleSpecifier),
  ).find(({ name }) => name === 'Statistics');
  const adapters = checker.getDeclaredTypeOfSymbol(symbol).getProperty('adapters');
  const comment = ts.displayPartsToString(adapters.getDocumentationComment(checker));
  assert.equal(comment, 'The calls between components that go through a generated adapter.');
});

test('install: Vite bundles it for a page', async () => {
  writeFileSync(join(project, 'index.html'), page);
  const warnings = [];
  const customLogger = { ...console, warn: (text) => warnings.push(text), warnOnce: (text) => warnings.push(text), clearScreen() {}, hasErrorLogged: () => false, hasWarned: false, info() {} };
  await build({ root: project, configFile: false, customLogger, base: './', build: { outDir: 'page', target: 'es2022' } });
  assert.deepEqual(warnings, []);
  onlyModule(readdirSync(join(project, 'page/assets')));
  await inPage({ '/': join(project, 'page') });
});

test('install: a page without a bundler', async () => {
  const folder = join(project, 'plain');
  mkdirSync(folder);
  const imports = {
    'meld-fuser': '/node_modules/meld-fuser/dist/index.js',
    '#compile': '/node_modules/meld-fuser/dist/compile-web.js',
  };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(folder, 'index.html'), page.replace('<script', `${map}<script`));
  copyFileSync(join(project, 'page.js'), join(folder, 'page.js'));
  await inPage({ '/node_modules/': join(project, 'node_modules'), '/': folder });
});

test("install: Vite's server for development", async () => {
  writeFileSync(join(project, 'index.html'), page);
  for (const exclude of [['meld-fuser'], []]) {
    const server = await createServer({
      root: project,
      configFile: false,
      logLevel: 'silent',
      cacheDir: join(project, `vite-${exclude.length}`),
      optimizeDeps: { exclude },
      server: { port: 0, host: '127.0.0.1' },
    });
    try {
      await server.listen();
      await open({}, async (page) => {
        await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
        await page.waitForFunction('"fused" in window');
        const size = page.evaluate('window.fused');
        if (exclude.length > 0) assert.equal(await size, '(component)'.length);
        else await assert.rejects(size, /`optimizeDeps: \{ exclude: \['meld-fuser'\] \}`/);
      });
    } finally {
      await server.close();
    }
  }
});

test('install: esbuild bundles it for a page', async () => {
  const esbuild = createRequire(require.resolve('vite'))('esbuild');
  const outdir = join(project, 'out');
  mkdirSync(outdir);
  const options = { entryPoints: [join(project, 'page.js')], bundle: true, format: 'esm', outdir, logLevel: 'silent' };
  const { warnings } = await esbuild.build(options);
  assert.deepEqual(warnings, []);
  // It leaves addresses of files as they are.
  copyFileSync(resolved('meld-fuser/meld.core.wasm'), join(outdir, 'meld.core.wasm'));
  writeFileSync(join(outdir, 'index.html'), page);
  await inPage({ '/': outdir });
});

test('install: esbuild bundles it for Node.js', async () => {
  const esbuild = createRequire(require.resolve('vite'))('esbuild');
  const outdir = join(project, 'node');
  mkdirSync(outdir);
  const outfile = join(outdir, 'program.mjs');
  await esbuild.build({ entryPoints: [join(project, 'program.mjs')], bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'silent' });
  copyFileSync(resolved('meld-fuser/meld.core.wasm'), join(outdir, 'meld.core.wasm'));
  assert.equal(JSON.parse(run(process.execPath, outfile)).refused, 'malformed');
});

/** Where the project finds a file of the package. */
function resolved(name) {
  return createRequire(pathToFileURL(join(project, 'program.mjs'))).resolve(name);
}

/** Claims that of the package's files, a bundler takes the core module along, and nothing else. */
function onlyModule(names) {
  assert.deepEqual(names.map((name) => name.replace(/-[^.]*\./, '.')).sort(), ['index.js', 'meld.core.wasm']);
}

async function inPage(folders) {
  await open(folders, async (page, address, complaints) => {
    await page.goto(`${address}/`);
    await page.waitForFunction('"fused" in window');
    assert.equal(await page.evaluate('window.fused'), '(component)'.length);
    assert.deepEqual(complaints, []);
  });
}
