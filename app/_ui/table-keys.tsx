'use client';
/**
 * The keyboard of a table: J K or the arrows move over the rows, Enter opens, "." opens the row menu.
 * J and K work from anywhere on the page for its first table; a click on a row follows its link.
 */
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { keysAreFree } from './typing';

const stepOf = (key: string): number =>
  key === 'j' || key === 'ArrowDown' ? 1 : key === 'k' || key === 'ArrowUp' ? -1 : 0;

export function TableKeys({ children }: { children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const table = root.current;
      if (!table || !keysAreFree(event)) return;
      const within = event.target instanceof Node && table.contains(event.target);
      if (!within && document.querySelector('[data-table-keys]') !== table) return;
      const rows = [...table.querySelectorAll<HTMLElement>('tr[data-row]')];
      const current = rows.findIndex((row) => row.contains(document.activeElement));
      const step = stepOf(event.key);
      const arrow = event.key.startsWith('Arrow');
      if (step !== 0 && (within || !arrow)) {
        const next =
          rows[
            Math.min(rows.length - 1, Math.max(0, current === -1 ? (step > 0 ? 0 : rows.length - 1) : current + step))
          ];
        if (!next) return;
        event.preventDefault();
        (next.querySelector<HTMLElement>('[data-row-link]') ?? next).focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
      } else if (event.key === '.' && current !== -1) {
        const menu = rows[current]?.querySelector<HTMLElement>('[data-row-menu] button');
        if (!menu) return;
        event.preventDefault();
        menu.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, pointerType: 'mouse' }));
      }
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  function onClick(event: MouseEvent) {
    if (event.defaultPrevented || event.button !== 0 || !(event.target instanceof Element)) return;
    if (event.target.closest('a, button, input, label, [role="menu"]') || getSelection()?.toString()) return;
    const link = event.target.closest('tr[data-row]')?.querySelector<HTMLElement>('[data-row-link]');
    if (!link) return;
    if (event.metaKey || event.ctrlKey)
      link.dispatchEvent(new globalThis.MouseEvent('click', { bubbles: true, metaKey: true, ctrlKey: true }));
    else link.click();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointer convenience only; the link in the row is the keyboard's way
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div ref={root} data-table-keys="" onClick={onClick}>
      {children}
    </div>
  );
}
