// What the user gives to the page, by whatever way: files, text, an example, a link, a bundle. In: that,
// and the work. Out: the work with it, and words about what was not taken. What would take the place of
// something is asked first, or can be taken back. Not its job: reading files, and addresses.

import type { WacSource } from 'meld-fuser';
import { NOTHING_TYPED, type KeptRun } from '../run/kept';
import { joinArguments } from '../run/words';
import { fromBundle, isArchive } from './bundle';
import { examples, fetchInputs } from './examples';
import { isWac, textOf, type NamedBytes, type Picked } from './files';
import { plural } from './format';
import { newId } from './inputs.svelte';
import { PASTED, pastedKind } from './pasted';
import { messageOf } from './problem';
import { fetchRemote } from './remote';
import { BY_ITSELF, type KeptSettings } from './settings.svelte';
import type { Shared } from './share';
import type { Last, Part } from './store';
import type { Question, Work } from './work.svelte';

const list = (names: string[]): string => names.join(', ');

export function take(work: Work, { files, aside, modules }: Picked): void {
  const archives = files.filter(({ bytes }) => isArchive(bytes));
  for (const { name, bytes } of archives) {
    const bundle = fromBundle(bytes);
    if (bundle) return inPlace(work, name, () => openBundle(work, name, bundle));
  }
  const documents: WacSource[] = [];
  const garbled: string[] = [];
  for (const { name, bytes } of files.filter(({ name }) => isWac(name))) {
    const text = textOf(bytes);
    if (text === null) garbled.push(name);
    else documents.push({ name, text });
  }
  const components = files.filter(({ name }) => !isWac(name));
  const last = documents.at(-1) ?? null;
  const replaced = last && work.settings.wac?.text ? work.settings.wac.name : null;
  const words = garbled.map((name) => `Cannot read ${name}: it is not UTF-8.`);
  if (last && replaced) words.push(`${last.name} takes the place of the document ${replaced}.`);
  if (documents.length > 1) words.push(`Of ${documents.length} documents the last one counts: ${last?.name}.`);
  if (modules.length > 0) words.push(`Left aside ${plural(modules.length, 'core module')}: ${list(modules)}.`);
  if (aside > 0) words.push(`Left aside ${plural(aside, 'file')} not named .wasm, .wat or .wac.`);
  if (words.length > 0) work.remember(words.join(' '));
  if (garbled.length > 0) work.warn(words.join(' '), true);
  addInputs(work, components);
  if (last) work.settings.apply({ wac: last, example: null });
}

/** Adds inputs. Of one whose name is here already, the user says whether it takes that one's place. */
function addInputs(work: Work, files: NamedBytes[]): void {
  const again = files.filter(({ name }) => work.inputs.named(name));
  work.inputs.add(files.filter((file) => !again.includes(file)));
  if (files.length > again.length) work.settings.example = null;
  if (again.length === 0) return;
  const names = list(again.map(({ name }) => name));
  const are = again.length === 1 ? 'is' : 'are';
  work.question = {
    title: again.length === 1 ? 'An input of this name is here' : 'Inputs of these names are here',
    text: `${names} ${are} here already. A new build takes the place of the old one; two of one name make two instances.`,
    choices: [
      {
        label: 'Replace',
        act: () => {
          work.remember(`Replaced ${names}.`);
          work.settings.example = null;
          for (const file of again) {
            const old = work.inputs.named(file.name);
            if (old) work.inputs.replace(old, file);
          }
        },
      },
      {
        label: 'Add beside',
        act: () => {
          work.inputs.add(again);
          work.settings.example = null;
        },
      },
    ],
  };
}

/** Whether the text was taken. */
export function takeText(work: Work, text: string): boolean {
  const kind = pastedKind(text);
  const bytes = new TextEncoder().encode(text);
  const one = (name: string): Picked => ({ files: [{ name, bytes }], aside: 0, modules: [] });
  if (kind === 'component') take(work, one(work.inputs.freeName('pasted', 'wat')));
  else if (kind === 'wac') take(work, one('pasted.wac'));
  else if (kind === 'address') void takeAddresses(work, [text.trim()]);
  else work.warn(`Not taken: ${PASTED[kind].words}`);
  return PASTED[kind].taken;
}

/** Fetches inputs from other servers, and adds those that come. */
export async function takeAddresses(work: Work, urls: string[]): Promise<void> {
  work.loading = `Fetching ${plural(urls.length, 'input')}`;
  const { files, refused } = await fetchAll(urls);
  work.loading = null;
  addInputs(work, files);
  if (refused.length > 0) work.warn(refused.join(' '));
}

async function fetchAll(urls: string[]): Promise<{ files: NamedBytes[]; refused: string[] }> {
  const settled = await Promise.allSettled(urls.map(fetchRemote));
  return {
    files: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: settled.flatMap((one) => (one.status === 'rejected' ? [`Not fetched: ${messageOf(one.reason)}.`] : [])),
  };
}

/** Does what would take the place of the work, once the user agrees to that. An example can be had again. */
export function inPlace(work: Work, what: string, act: () => void, others: Question['choices'] = []): void {
  if (work.empty || work.settings.example !== null) return act();
  const names = list(work.inputs.list.map(({ name }) => name)) || work.settings.wac?.name;
  work.question = {
    title: `Open ${what} here?`,
    text: `It would take the place of ${names}. That can be taken back.`,
    choices: [...others, { label: 'Put it in their place', act }],
  };
}

/** Counts what was asked for: the last one counts. */
let opening = 0;

/** Puts a work in the place of all that is here, once it has come. */
async function openAs(work: Work, what: string, get: () => Promise<Omit<Last, 'before'>>): Promise<void> {
  const turn = ++opening;
  work.loading = `Opening ${what}`;
  try {
    const found = await get();
    if (turn !== opening) return;
    const { empty } = work;
    if (!empty) work.remember(`Opened ${what} in place of the inputs.`);
    work.bring({ ...found, settings: { ...BY_ITSELF, example: null, ...found.settings } });
    if (found.lost.length > 0) work.warn([work.notice?.undo ? work.notice.text : '', ...found.lost].join(' ').trim(), !empty);
  } catch (error) {
    if (turn === opening) work.warn(`Not opened, ${what}: ${messageOf(error)}`);
  } finally {
    if (turn === opening) work.loading = null;
  }
}

/** Puts an example in the place of all inputs, with what a link says about it. */
export function openExample(work: Work, id: string, said: Partial<KeptSettings> = {}, run: KeptRun | null = null): Promise<void> {
  return openAs(work, 'the example', async () => {
    const example = (await examples()).find((one) => one.id === id);
    if (!example) throw new Error(`there is no example ${id}`);
    const files = await fetchInputs(example);
    const inputs = files.map(({ name, package: pack, bytes }): Part => ({ kept: { id: newId(), name, package: pack, url: null }, bytes }));
    const { args = [], stdin = '', environment = '', files: found = [] } = example.run ?? {};
    return {
      inputs,
      settings: { wac: example.wac ?? null, ...said, example: id },
      run: run ?? { ...NOTHING_TYPED, line: joinArguments(args), stdin, environment, files: found },
      lost: [],
    };
  });
}

/** Puts what a link carries in the place of all inputs. */
export function openShared(work: Work, { inputs, run }: Shared, said: Partial<KeptSettings>): Promise<void> {
  return openAs(work, 'the link', async () => {
    const { files, refused } = await fetchAll(inputs.flatMap(({ url }) => url ?? []));
    const parts = inputs.flatMap(({ name, package: pack, url, bytes }): Part[] => {
      const found = bytes ?? files.find((file) => file.url === url)?.bytes;
      return found ? [{ kept: { id: newId(), name, package: pack, url }, bytes: found as Part['bytes'] }] : [];
    });
    const missing = inputs.filter(({ url, bytes }) => url === null && !bytes).map(({ name }) => name);
    if (missing.length > 0) refused.push(lacking('The link', missing));
    return { inputs: parts, settings: said, run, lost: refused };
  });
}

/** What to say of inputs that a link has only the names of. */
export function lacking(what: string, names: string[]): string {
  const it = names.length === 1 ? 'it' : 'them';
  return `${what} does not carry ${list(names)}: ask for ${it}, or for a bundle, and drop ${it} here.`;
}

function openBundle(work: Work, name: string, bundle: Omit<Last, 'before'>): void {
  void openAs(work, name, () => Promise.resolve(bundle));
}
