// Ties the work to the browser: restores and keeps it, follows and writes the address, and starts
// what follows from a change. Called once while the page is set up, for its effects.

import { untrack } from 'svelte';
import { fromHash, toHash } from './link';
import { messageOf } from './problem';
import type { KeptSettings } from './settings.svelte';
import * as store from './store';
import type { Work } from './work.svelte';

/** A change settles for this long before anything follows from it, in milliseconds. */
const SETTLE = 250;

export function runSession(work: Work): { restored: () => boolean } {
  let restored = $state(false);
  let keeps = true;

  void restore(work).then((kept) => {
    keeps = kept;
    restored = true;
  });
  void work.begin();

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
    if (!restored || !keeps) return;
    const { kept } = work.settings;
    const inputs = [...work.inputs.list];
    // Read here, so that a change of either is kept.
    for (const { name, package: pack } of inputs) void [name, pack];
    unsaved = () => {
      const empty = inputs.length === 0 && !kept.wac;
      saving = saving
        .then(() => (empty ? store.clear() : store.save(inputs, kept)))
        .catch((error: unknown) => work.warn(`This work is not kept for a reload: ${messageOf(error)}`));
    };
    return after(SETTLE, save);
  });

  $effect(() => {
    addEventListener('pagehide', save);
    return () => removeEventListener('pagehide', save);
  });

  $effect(() => {
    if (!restored) return;
    const hash = work.inputs.list.length > 0 || work.settings.wac ? toHash(work.settings.kept) : '';
    return after(SETTLE, () => history.replaceState(null, '', location.pathname + location.search + hash));
  });

  $effect(() => {
    const onhashchange = () => {
      const said = fromHash(location.hash);
      void follow(work, said);
    };
    addEventListener('hashchange', onhashchange);
    return () => removeEventListener('hashchange', onhashchange);
  });

  return { restored: () => restored };
}

function after(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

/** Brings back the last work, and does what the address says. Out: whether there is a storage to keep work in. */
async function restore(work: Work): Promise<boolean> {
  const said = fromHash(location.hash);
  const lost: string[] = [];
  let keeps = true;
  try {
    const last = await store.load();
    work.settings.apply(last?.settings ?? {});
    for (const { kept, bytes } of last?.inputs ?? []) work.inputs.take(kept, bytes);
    lost.push(...(last?.lost ?? []));
  } catch (error) {
    keeps = false;
    lost.push(`Nothing will be kept for a reload, and the last work is not restored: ${messageOf(error)}. Reload the page to try again.`);
  }
  await follow(work, said);
  // After what there is to tell about an example, which can be taken back.
  if (lost.length > 0) work.warn([work.notice?.text, ...lost].filter(Boolean).join(' '), work.notice?.undo);
  return keeps;
}

/** Does what an address says. An example that cannot be opened changes nothing. */
async function follow(work: Work, said: Partial<KeptSettings>): Promise<void> {
  if (said.example && said.example !== work.settings.example) await work.open(said.example, said);
  else work.settings.apply(said);
}
