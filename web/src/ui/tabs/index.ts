// The views of the tabs, each fetched when it is first shown, so that the page itself is small.

import type { Component } from 'svelte';
import type { Tab } from '../../model/settings.svelte';
import type { Work } from '../../model/work.svelte';

type View = Promise<{ default: Component<{ work: Work }> }>;

export const loaders: Record<Tab, () => View> = {
  inspect: () => import('./InspectTab.svelte'),
  connections: () => import('./ConnectionsTab.svelte'),
  result: () => import('./ResultTab.svelte'),
  boundaries: () => import('./BoundariesTab.svelte'),
  text: () => import('./TextTab.svelte'),
  run: () => import('./RunTab.svelte'),
};
