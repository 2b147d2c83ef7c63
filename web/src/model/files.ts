// Files and folders that were dropped, picked or pasted, read into memory. Out: names with bytes,
// and what was left aside. Not its job: what the bytes are, beyond telling text from binary.

export interface NamedBytes {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  package?: string;
  /** Where it was fetched from. */
  url?: string | null;
}

export interface Picked {
  files: NamedBytes[];
  /** How many files of folders are no components by their name. */
  aside: number;
  /** Core modules in folders, by their names: a build leaves them beside its components. */
  modules: string[];
}

/** What is worth reading in a folder, which may hold anything. A file given by itself is read. */
const WANTED = /\.(wasm|wat|wac)$/i;

async function read(file: File, name: string): Promise<NamedBytes> {
  return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All entries of a folder: a reader gives some at a time, and none when it is done. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry, way: string, inFolder: boolean, into: Picked): Promise<void> {
  if (entry.isDirectory) {
    const folder = entry as FileSystemDirectoryEntry;
    for (const inner of await entriesOf(folder)) await walk(inner, `${way}${entry.name}/`, true, into);
  } else if (inFolder && !WANTED.test(entry.name)) {
    into.aside += 1;
  } else {
    add(await read(await fileOf(entry as FileSystemFileEntry), way + entry.name), inFolder, into);
  }
}

function add(file: NamedBytes, inFolder: boolean, into: Picked): void {
  if (inFolder && isCoreModule(file.bytes)) into.modules.push(file.name);
  else into.files.push(file);
}

/** Must be called while the event is handled: afterwards the transfer is empty. */
export async function fromTransfer(transfer: DataTransfer): Promise<Picked> {
  const items = Array.from(transfer.items).filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const picked: Picked = { files: [], aside: 0, modules: [] };
  for (const entry of entries) {
    if (entry instanceof File) picked.files.push(await read(entry, entry.name));
    else if (entry) await walk(entry, '', false, picked);
  }
  return picked;
}

export async function fromList(list: FileList): Promise<Picked> {
  const picked: Picked = { files: [], aside: 0, modules: [] };
  for (const file of list) {
    // Set for files of a picked folder, and empty otherwise.
    const inFolder = file.webkitRelativePath !== '';
    if (inFolder && !WANTED.test(file.name)) picked.aside += 1;
    else add(await read(file, inFolder ? file.webkitRelativePath : file.name), inFolder, picked);
  }
  return picked;
}

export function isWac(name: string): boolean {
  return /\.wac$/i.test(name);
}

/** The text of a file without its byte order mark, or null where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function isBinary(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

/** A core module: by version and layer in the header, or by the first word of its text. */
function isCoreModule(bytes: Uint8Array): boolean {
  if (isBinary(bytes)) return bytes[4] === 1 && bytes[6] === 0;
  return /^\s*(;;[^\n]*\n\s*)*\(\s*module\b/.test(textOf(bytes.subarray(0, 4096)) ?? '');
}
