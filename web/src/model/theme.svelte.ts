// The theme: the system's, or one of the page's own. Kept in localStorage, which the page reads
// before it draws anything.

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'meld-theme';

class ThemeChoice {
  #chosen = $state<Theme>((document.documentElement.dataset['theme'] as Theme | undefined) ?? 'system');

  get chosen(): Theme {
    return this.#chosen;
  }

  set chosen(theme: Theme) {
    this.#chosen = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    try {
      if (theme === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // Where nothing is kept, the choice holds until the page is closed.
    }
  }
}

export const theme = new ThemeChoice();
