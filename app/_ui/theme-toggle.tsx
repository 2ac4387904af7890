'use client';
/** Light, dark, or as the system has it; at once, and remembered for a year. */
import { useEffect, useState } from 'react';
import { Icon } from './icon';
import { Menu } from './menu';
import { readTheme, THEME_COOKIE, THEMES, type Theme } from './theme';
import styles from './theme-toggle.module.css';

export const THEME_WORDS: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Shows the theme at once and remembers it for a year; `system` forgets. */
export function applyTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  const age = next === 'system' ? 0 : 31_536_000;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser supported
  document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=${age}; samesite=lax`;
}

export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(readTheme(document.documentElement.dataset.theme)), []);
  function choose(next: Theme) {
    applyTheme(next);
    setTheme(next);
  }
  return (
    <Menu
      align="end"
      items={THEMES.map((each) => ({
        label: THEME_WORDS[each],
        current: each === theme,
        onSelect: () => choose(each),
      }))}
      trigger={
        <button type="button" className={styles.button} aria-label={`Theme: ${THEME_WORDS[theme]}`}>
          <Icon name="sun" />
        </button>
      }
    />
  );
}
