// One sentence about how the work stands, for the status line and for screen readers.

import { bytes, plural } from './format';
import type { Work } from './work.svelte';

export function statusOf(work: Pick<Work, 'inputs' | 'fusing' | 'fresh' | 'trouble' | 'place' | 'loading' | 'order' | 'automatic'>): string {
  const { inputs, fusing } = work;
  if (work.loading) return work.loading;
  if (inputs.list.length === 0) return 'No inputs yet';
  if (inputs.broken.length > 0) return `Not fused: ${plural(inputs.broken.length, 'input')} cannot be fused`;
  if (!inputs.ready) return 'Reading the inputs';
  if (fusing.running) return 'Fusing';
  // What keeps inputs from being fused is known before anybody asks for it.
  if (work.trouble) {
    const { place, trouble } = work;
    if (place === 'document' || place === 'stubs') return `Not fused: ${trouble.code} in the ${place}`;
    return `Not fused: ${trouble.code}${place ? ` in ${place.name}` : ''}`;
  }
  if (work.fresh && fusing.result) {
    const { statistics } = fusing.result;
    return `Fused: ${bytes(statistics.outputBytes)}, ${plural(statistics.adapters, 'adapter')}`;
  }
  if (fusing.stopped === work.order?.key) return 'Stopped';
  return work.automatic ? 'Fusing' : 'Ready to fuse';
}
