// Ties the work to the browser: restores and keeps it, follows and writes the address, and starts
// what follows from a change. Called once while the page is set up, for its effects.

import { untrack } from 'svelte';
import { fromAddress, toHash, withoutUrls, type Said } from './link';
import { messageOf } from './problem';
import { fromText } from './share';
import * as store from './store';
import * as tab from './tab';
import { inPlace, lacking, openExample, openShared, takeAddresses } from './taking';
import type { Work } from './work.svelte';

/** A change settles for this long before anything follows from it, in milliseconds. */
const SETTLE = 250;
/** So many works that no tab has any longer are kept. */
const EARLIER = 8;
/** What the browser keeps beside an address that the page has written, and gives back at a reload. */
const OWN = { meld: true };

const isOwn = (state: unknown): boolean => (state as typeof OWN | null)?.meld === true;

export interface Session {
  restored: () => boolean;
  /** Works that no tab has, the newest first. */
  earlier: () => store.Entry[];
  /** Opens one of them in this tab, whose own is empty. */
  reopen: (entry: store.Entry) => Promise<void>;
}

export function runSession(work: Work): Session {
  let restored = $state(false);
  let earlier = $state.raw<store.Entry[]>([]);
  /** The id under which the work is kept, or null where there is no storage. */
  let id: string | null = null;

  void begin().finally(() => (restored = true));
  void work.begin();

  /** Brings back the tab's work, and does what the address says. */
  async function begin(): Promise<void> {
    const said = fromAddress(location);
    const given = !isOwn(history.state);
    const lost: string[] = [];
    try {
      const works = await store.works();
      const claim = await tab.claim(works.map((one) => one.id), given && brings(said));
      const last = claim.from === null ? null : await store.load(claim.from);
      if (last) {
        work.bring(last);
        work.before = last.before && { ...last.before, settings: { ...work.settings.kept, ...last.before.settings } };
        lost.push(...last.lost);
      }
      id = claim.id;
      earlier = await untaken(works.filter((one) => one.id !== id && one.id !== claim.from));
    } catch (error) {
      lost.push(`Nothing will be kept for a reload, and the last work is not restored: ${messageOf(error)}. Reload the page to try again.`);
    }
    await follow(said, given);
    // After what there is to tell about an example, which can be taken back.
    if (lost.length > 0) work.warn([work.notice?.text, ...lost].filter(Boolean).join(' '), work.notice?.undo);
  }

  /** Those that no tab has. The oldest of them, and what was cleared, are not kept any longer. */
  async function untaken(works: store.Entry[]): Promise<store.Entry[]> {
    const taken = await tab.taken();
    if (!taken) return [];
    const free = works.filter((one) => !taken.has(one.id));
    const worth = free.filter(({ names }) => names.length > 0).slice(0, EARLIER);
    for (const one of free) if (!worth.includes(one)) await store.remove(one.id);
    return worth;
  }

  async function reopen(entry: store.Entry): Promise<void> {
    const last = (await tab.take(entry.id)) ? await store.load(entry.id) : null;
    earlier = earlier.filter((one) => one !== entry);
    if (!last) return work.warn('Not opened: another tab has this work.');
    const own = id;
    id = entry.id;
    work.bring(last);
    work.before = null;
    await saving;
    if (own !== null) await store.remove(own);
    if (last.lost.length > 0) work.warn(last.lost.join(' '));
  }

  /** Whether an address has more to it than settings. */
  function brings({ settings, urls, work: shared }: Said): boolean {
    return shared !== null || urls.length > 0 || !!settings.example || !!settings.wac;
  }

  /** Does what an address says: the user's own, or one that was given to them. */
  async function follow(said: Said, given: boolean): Promise<void> {
    const { settings, urls } = said;
    const { example, wac, ...plain } = settings;
    // What is restored has its inputs already.
    if (!given && !work.empty) return work.settings.apply({ ...plain, ...(wac && { wac }) });
    if (said.work !== null) {
      const shared = fromText(said.work);
      if (!shared) return work.warn('The link is damaged: what it carries cannot be read.');
      const open = () => (example ? openExample(work, example, settings, shared.run) : openShared(work, shared, settings));
      return answered('the link', open);
    }
    if (example) return example === work.settings.example ? work.settings.apply(settings) : answered('the link', () => openExample(work, example, settings));
    if (urls.length > 0) {
      return answered('the link', async () => {
        if (!work.empty) work.remember('Opened the link in place of the inputs.');
        work.inputs.clear();
        work.settings.apply({ ...settings, wac: wac ?? null, example: null });
        await takeAddresses(work, urls);
      });
    }
    if (wac && wac.text !== work.settings.wac?.text) {
      return answered('the document of the link', () => {
        if (!work.empty) work.remember(`${wac.name} took the place of what was here.`);
        work.settings.apply(settings);
      });
    }
    work.settings.apply(settings);
    if (given && work.empty && said.lacks.length > 0) work.warn(lacking('The address', said.lacks));
  }

  /** Does it at once where nothing is here, and else once the user says where. */
  function answered(what: string, act: () => Promise<void> | void): Promise<void> | void {
    const { href } = location;
    const beside = { label: 'Open it in another tab', act: () => void open(href, '_blank', 'noopener') };
    let done: Promise<void> | void = undefined;
    inPlace(work, what, () => (done = act()), [beside]);
    return done;
  }

  const recipeKey = $derived(work.recipe?.key);
  $effect(() => {
    if (recipeKey === undefined) return untrack(() => work.wiring.clear());
    return after(SETTLE, () => work.recipe && void work.wiring.look(work.recipe));
  });

  const orderKey = $derived(work.order?.key);
  $effect(() => {
    const key = orderKey;
    untrack(() => {
      if (work.fusing.running?.key !== key) void work.fusing.drop();
    });
    if (key === undefined || !work.automatic || work.fresh) return;
    return after(SETTLE, () => work.fuse());
  });

  let saving: Promise<void> = Promise.resolve();
  let unsaved: (() => void) | null = null;
  const save = () => {
    unsaved?.();
    unsaved = null;
  };
  $effect(() => {
    const { state, before, empty } = work;
    if (!restored || id === null) return;
    const nothing = empty && !before && state.inputs.length === 0 && !state.settings.wac;
    unsaved = () => {
      const own = id;
      if (own === null) return;
      saving = saving
        .then(() => (nothing ? store.remove(own) : keep(own, { ...state, before })))
        .catch(async (error: unknown) => work.warn(`This work is not kept for a reload: ${await store.reason(error)}`));
    };
    return after(SETTLE, save);
  });

  /** Where there is no room for what can be taken back, the work itself is kept. */
  async function keep(own: string, saved: store.Saved): Promise<void> {
    try {
      await store.save(own, saved);
    } catch (error) {
      if (!saved.before || !store.isFull(error)) throw error;
      await store.save(own, { ...saved, before: null });
    }
  }

  $effect(() => {
    addEventListener('pagehide', save);
    return () => removeEventListener('pagehide', save);
  });

  const hash = $derived(work.inputs.list.length > 0 || work.settings.wac ? toHash(work.settings.kept, work.inputs.list) : '');
  function writeAddress(): void {
    history.replaceState(OWN, '', location.pathname + withoutUrls(location.search) + hash);
  }
  $effect(() => {
    void hash;
    // Until a question about an address is answered, the address stays.
    if (!restored || work.question) return;
    return after(SETTLE, writeAddress);
  });

  $effect(() => {
    const onhashchange = () => void follow(fromAddress(location), !isOwn(history.state));
    addEventListener('hashchange', onhashchange);
    return () => removeEventListener('hashchange', onhashchange);
  });

  return { restored: () => restored, earlier: () => earlier, reopen };
}

function after(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}
