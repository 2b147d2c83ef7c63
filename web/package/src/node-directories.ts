// The directories that the command sees. In: its arguments. Out: directories and the names under which it
// sees them: the current one, and those of the absolute paths among the arguments. Not its job: what the
// arguments mean.

import { existsSync } from 'node:fs';
import { dirname, posix } from 'node:path';

/**
 * `args` are those after the command's name and that of what it is to do.
 *
 * A program in WebAssembly has one tree of names, in which `a/b` and `/a/b` are the same: there is no
 * current directory. So the current directory is the whole tree, and each directory on the way to a
 * file with an absolute path covers a part of it.
 */
export function directories(args: readonly string[], current: string): { path: string; name: string }[] {
  const paths = args.map(pathIn);
  for (const path of paths) {
    // JavaScript's text has this where a name of the system's is not UTF-8, and so has what WASI takes.
    if (path.includes('\ufffd') && !existsSync(path)) {
      throw new Error(`${path} cannot be reached: a name that is not UTF-8 does not come through, so give the file another`);
    }
  }
  if (current === '/') return [{ path: '/', name: '.' }];
  const ways = new Set(paths.flatMap(ancestors));
  for (const path of paths) {
    if (path.startsWith('/')) {
      // To the program's C library these begin in the current directory.
      if (/^\/\.\.?\//.test(path)) throw new Error(`${path} cannot be reached: write it without the dots in front`);
      if (dirname(path) === '/') throw new Error(`${path} cannot be reached from ${current}: call the command in /`);
      continue;
    }
    const way = ancestors(posix.join('/', path, 'inside')).find((above) => ways.has(above));
    if (way) throw new Error(`${path} cannot be told from a path that begins with ${way}: write both in one way`);
  }
  return [{ path: '.', name: '.' }, ...[...ways].map((way) => ({ path: way, name: way }))];
}

/** The path in an argument: `PATH`, `PACKAGE=PATH`, `--option=PATH` or `-oPATH`. Several slashes are one. */
function pathIn(arg: string): string {
  return arg.replace(/^(?:-o|[^/=]*=)/, '').replace(/\/+/g, '/');
}

/** The directories on the way to an absolute path, without the root. */
function ancestors(path: string): string[] {
  const above = dirname(path);
  return path.startsWith('/') && above !== '/' ? [...ancestors(above), above] : [];
}
