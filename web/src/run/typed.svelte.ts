// What is typed into the form of a run, in one place for all runs of a work: it outlives the form, and
// is kept and shared with the work.

import { NOTHING_TYPED, type KeptDraft, type KeptFile, type KeptRun } from './kept';

export class Typed {
  selected = $state<string | null>(null);
  line = $state('');
  stdin = $state('');
  environment = $state('');
  files = $state.raw<KeptFile[]>([]);
  values = $state.raw<{ [id: string]: KeptDraft[] }>({});

  readonly kept: KeptRun = $derived({
    selected: this.selected,
    line: this.line,
    stdin: this.stdin,
    environment: this.environment,
    files: this.files,
    values: this.values,
  });

  apply(kept: Partial<KeptRun>): void {
    Object.assign(this, kept);
  }

  reset(kept: Partial<KeptRun> = {}): void {
    this.apply({ ...NOTHING_TYPED, ...kept });
  }
}
