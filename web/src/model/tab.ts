// Which work is this tab's: each tab has one, and no two have the same. A tab knows its own over a
// reload; a lock, which the browser lets go when the tab is closed, says that a work is somebody's.
// Not its job: what a work is, and keeping it.

const KEY = 'meld-tab';
const LOCK = 'meld-work:';
/** A tab that is reloaded lets go of its lock in far less, in milliseconds. */
const PATIENCE = 1_000;

export interface Claim {
  /** The id of this tab's work from now on. */
  id: string;
  /** The id of the work that it begins with: its own, that of a tab of which it is a copy, or none. */
  from: string | null;
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing forgets it.
    return null;
  }
}

function remember(id: string): void {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // The work has another id after a reload, and is then an earlier one.
  }
}

/** Not on pages that come by plain http. */
const locks = (): LockManager | undefined => navigator.locks;

/** Takes the lock of a work until the tab is closed. Whether that can be. */
function hold(id: string, patience: number): Promise<boolean> {
  const manager = locks();
  if (!manager) return Promise.resolve(true);
  return new Promise((resolve) => {
    const got = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    manager.request(LOCK + id, { signal: AbortSignal.timeout(patience) }, got).catch(() => resolve(false));
  });
}

/** The works that some tab has, or null where the browser does not tell. */
export async function taken(): Promise<Set<string> | null> {
  const held = (await locks()?.query())?.held;
  if (!held) return null;
  return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}

async function anew(from: string | null): Promise<Claim> {
  const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  await hold(id, PATIENCE);
  remember(id);
  return { id, from };
}

/** Takes a work that no tab has. Whether that can be. */
export async function take(id: string): Promise<boolean> {
  if (!locks() || !(await hold(id, PATIENCE))) return false;
  remember(id);
  return true;
}

/**
 * A tab that is new takes the newest work where no other tab is open, and begins with none beside
 * others, or where it is told to begin `empty`. In: the ids of all works, the newest first.
 */
export async function claim(works: string[], empty: boolean): Promise<Claim> {
  const own = remembered();
  // A tab that was made as a copy of another has its memory.
  if (own !== null) return (await hold(own, PATIENCE)) ? { id: own, from: own } : anew(own);
  const others = await taken();
  const [newest] = works;
  if (empty || newest === undefined || (others && others.size > 0)) return anew(null);
  // Where nothing tells whether another tab has it, it is copied.
  return (await take(newest)) ? { id: newest, from: newest } : anew(others ? null : newest);
}
