/** The colours that canvases are drawn in, as the style sheet has them. */
export interface Palette {
  readonly text: string;
  readonly quiet: string;
  readonly rule: string;
  readonly paper: string;
  readonly strategy: string;
  readonly holding: string;
  readonly gain: string;
  readonly loss: string;
  readonly forecast: string;
  readonly shade: string;
}

const KEY = 'dl-trade-theme';
const NAMES = [
  ...(['text', 'quiet', 'rule', 'paper', 'strategy'] as const),
  ...(['holding', 'gain', 'loss', 'forecast', 'shade'] as const),
];

/** The palette in force now. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as unknown as Palette;
}

/** Lets the button choose light or dark, remembers it where the browser lets a file do so, and follows the system until then.
 *  @param onChange told whenever colours changed */
export function followTheme(button: HTMLButtonElement, onChange: () => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Show in ${isDark() ? 'light' : 'dark'} colours`);
    onChange();
  };
  const chosen = remembered();
  if (chosen === 'dark' || chosen === 'light') root.dataset['theme'] = chosen;
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    remember(root.dataset['theme']);
    show();
  });
  system.addEventListener('change', show);
  // Paper is white, whatever the screen shows.
  const printing = matchMedia('print');
  printing.addEventListener('change', onChange);
  show();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Some browsers let a file on disk store nothing: then it holds until the page is closed.
  }
}
