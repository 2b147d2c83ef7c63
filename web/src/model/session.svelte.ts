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

  void restore(work).then(() => (restored = true));
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
    if (!restored) return;
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

async function restore(work: Work): Promise<void> {
  const said = fromHash(location.hash);
  try {
    const last = await store.load();
    if (last) {
      work.settings.apply(last.work.settings);
      for (const [at, kept] of last.work.inputs.entries()) {
        const bytes = last.bytes[at];
        if (bytes) work.inputs.take(kept, bytes);
        else work.warn(`${kept.name} was not kept, and has to be added again.`);
      }
    }
  } catch (error) {
    work.warn(`The last work could not be restored: ${messageOf(error)}`);
  }
  await follow(work, said);
}

/** Does what an address says. An example that cannot be opened changes nothing. */
async function follow(work: Work, said: Partial<KeptSettings>): Promise<void> {
  if (said.example && said.example !== work.settings.example) await work.open(said.example, said);
  else work.settings.apply(said);
}
