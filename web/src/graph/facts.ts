// A wiring as a list of facts: each import with what meets it. In: what `wire` tells. Out: rows
// that the graph, the table and the panel share. Not its job: to match anything by itself.

import type { ExportOf, MetBy } from 'meld-fuser';
import type { Wired } from '../workers/fuser.worker';

export type State = 'met' | 'host' | 'stub' | 'follows' | 'ambiguous' | 'misfit';

export interface Fact {
  /** Its number among the connections. */
  at: number;
  instance: number;
  import: string;
  state: State;
  /** The exports that meet it, or could. */
  exports: ExportOf[];
  /** One sentence without a full stop. */
  said: string;
}

export function nameOf(wired: Wired, instance: number): string {
  return wired.instances[instance]?.name ?? `instance ${instance}`;
}

/** The name of an export is empty where a document means the instance itself. */
export function exportText(wired: Wired, { instance, name }: ExportOf): string {
  return name === '' ? nameOf(wired, instance) : `${name} of ${nameOf(wired, instance)}`;
}

export function factsOf(wired: Wired): Fact[] {
  const text = (of: ExportOf) => exportText(wired, of);
  const tell = (met: MetBy): Pick<Fact, 'state' | 'exports' | 'said'> => {
    switch (met.tag) {
      case 'export':
        return { state: 'met', exports: [met.val], said: `met by ${text(met.val)}` };
      case 'host':
        return { state: 'host', exports: [], said: 'left to the host' };
      case 'stub':
        return { state: 'stub', exports: [], said: 'a stub, which traps' };
      case 'follows':
        return { state: 'follows', exports: [], said: `goes where ${met.val} goes, whose types it uses` };
      case 'ambiguous':
        return { state: 'ambiguous', exports: met.val, said: `could be met by ${met.val.map(text).join(' or ')}` };
      case 'misfit': {
        const { export: of, why } = met.val;
        return { state: 'misfit', exports: [of], said: `${text(of)} does not fit: ${why}` };
      }
    }
  };
  return wired.connections.map((connection, at) => ({
    at,
    instance: connection.instance,
    import: connection.import,
    ...tell(connection.metBy),
  }));
}

export const STATES: Record<State, string> = {
  met: 'met by an input',
  host: 'from the host',
  stub: 'stubbed',
  follows: 'follows another',
  ambiguous: 'ambiguous',
  misfit: 'does not fit',
};
