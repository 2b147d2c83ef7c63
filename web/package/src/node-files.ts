// Files and directories of WASI over those of Node.js. In: paths, as the command's user wrote them. Out:
// descriptors, and what they tell. Not its job: to keep the command from any file.

import * as fs from 'node:fs';
import { join } from 'node:path';
import type * as wasi from './interfaces/wasi-filesystem-types.js';
import { codeOf, InputStream, OutputStream } from './node-streams.js';

/** What jco calls when a resource is dropped. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('dispose');

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

export class Descriptor implements wasi.Descriptor {
  readonly #path: string;
  /** The open file; null for a directory that was there from the start. */
  readonly #file: number | null;
  readonly #flags: wasi.DescriptorFlags;

  private constructor(path: string, file: number | null, flags: wasi.DescriptorFlags) {
    this.#path = path;
    this.#file = file;
    this.#flags = flags;
  }

  static directory(path: string): Descriptor {
    return new Descriptor(path, null, { read: true, mutateDirectory: true });
  }

  [dispose](): void {
    if (this.#file !== null) fs.closeSync(this.#file);
  }

  readViaStream(offset: bigint): InputStream {
    if (this.stat().type === 'directory') throw 'is-directory' satisfies wasi.ErrorCode;
    return new InputStream(this.#open(), this.#hasPlaces() ? offset : null);
  }

  writeViaStream(offset: bigint): OutputStream {
    return new OutputStream(this.#open(), this.#hasPlaces() ? Number(offset) : null);
  }

  appendViaStream(): OutputStream {
    return this.writeViaStream(this.stat().size);
  }

  getFlags(): wasi.DescriptorFlags {
    return this.#flags;
  }

  stat(): wasi.DescriptorStat {
    return attempt(() => told(this.#stat()));
  }

  statAt({ symlinkFollow }: wasi.PathFlags, path: string): wasi.DescriptorStat {
    return attempt(() => told(this.#statAt(symlinkFollow, path)));
  }

  openAt(
    { symlinkFollow }: wasi.PathFlags,
    path: string,
    open: wasi.OpenFlags,
    flags: wasi.DescriptorFlags,
  ): Descriptor {
    const place = join(this.#path, path);
    const numbers = [
      flags.write ? (flags.read ? O_RDWR : O_WRONLY) : O_RDONLY,
      open.create ? O_CREAT : 0,
      open.directory ? O_DIRECTORY : 0,
      open.exclusive ? O_EXCL : 0,
      open.truncate ? O_TRUNC : 0,
      symlinkFollow ? 0 : O_NOFOLLOW,
    ];
    return new Descriptor(place, attempt(() => fs.openSync(place, numbers.reduce((all, flag) => all | flag))), flags);
  }

  readlinkAt(path: string): string {
    // The fuser's C library looks for links when it makes a path absolute, and takes the root of its own
    // tree for the root of all. A path that leads out of that has to stay as it is.
    if (leadsOut(path)) throw 'not-permitted' satisfies wasi.ErrorCode;
    return attempt(() => fs.readlinkSync(join(this.#path, path)));
  }

  renameAt(path: string, directory: Descriptor, newPath: string): void {
    const place = join(directory.#path, newPath);
    attempt(() => {
      // A link that leads out of that tree is followed here: what it points to is replaced, not the link.
      const target = fs.existsSync(place) ? fs.realpathSync(place) : place;
      fs.renameSync(join(this.#path, path), target);
    });
  }

  unlinkFileAt(path: string): void {
    attempt(() => fs.unlinkSync(join(this.#path, path)));
  }

  metadataHash(): wasi.MetadataHashValue {
    return attempt(() => identity(this.#stat()));
  }

  metadataHashAt({ symlinkFollow }: wasi.PathFlags, path: string): wasi.MetadataHashValue {
    return attempt(() => identity(this.#statAt(symlinkFollow, path)));
  }

  #open(): number {
    if (this.#file === null) throw 'is-directory' satisfies wasi.ErrorCode;
    return this.#file;
  }

  #stat(): fs.BigIntStats {
    return this.#file === null
      ? fs.statSync(this.#path, { bigint: true })
      : fs.fstatSync(this.#file, { bigint: true });
  }

  #statAt(symlinkFollow: boolean | undefined, path: string): fs.BigIntStats {
    return (symlinkFollow ? fs.statSync : fs.lstatSync)(join(this.#path, path), { bigint: true });
  }

  /** Whether it can be read and written at any place: devices and pipes cannot. */
  #hasPlaces(): boolean {
    return this.#stat().isFile();
  }
}

/** Whether a path leads out of the directory that it begins in. */
function leadsOut(path: string): boolean {
  return path === '..' || path.startsWith('../');
}

function told(stats: fs.BigIntStats): wasi.DescriptorStat {
  return { type: typeOf(stats), linkCount: stats.nlink, size: stats.size };
}

function typeOf(stats: fs.BigIntStats): wasi.DescriptorType {
  if (stats.isFile()) return 'regular-file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symbolic-link';
  if (stats.isCharacterDevice()) return 'character-device';
  if (stats.isBlockDevice()) return 'block-device';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'unknown';
}

/** Two numbers that are one file's alone. */
function identity(stats: fs.BigIntStats): wasi.MetadataHashValue {
  return { lower: stats.ino, upper: stats.dev };
}

/** The system's errors that a path or a file can give, and WASI's names for them. */
const ERRORS: Readonly<Record<string, wasi.ErrorCode>> = {
  EACCES: 'access',
  EBUSY: 'busy',
  EDQUOT: 'quota',
  EEXIST: 'exist',
  EFBIG: 'file-too-large',
  EINVAL: 'invalid',
  EISDIR: 'is-directory',
  ELOOP: 'loop',
  ENAMETOOLONG: 'name-too-long',
  ENODEV: 'no-device',
  ENOENT: 'no-entry',
  ENOSPC: 'insufficient-space',
  ENOTDIR: 'not-directory',
  ENOTEMPTY: 'not-empty',
  ENOTSUP: 'unsupported',
  ENXIO: 'no-such-device',
  EPERM: 'not-permitted',
  EROFS: 'read-only',
  ETXTBSY: 'text-file-busy',
  EXDEV: 'cross-device',
};

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw ERRORS[codeOf(error) ?? ''] ?? 'io';
  }
}
