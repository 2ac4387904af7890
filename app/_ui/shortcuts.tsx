'use client';
/** "?" shows the keys, "/" goes to search, "G" then a letter goes to an entry of the rail. */
import { useRouter } from 'next/navigation';
import { Fragment, useEffect, useRef, useState } from 'react';
import { Dialog } from './dialog';
import type { NavGroup } from './nav';
import styles from './shortcuts.module.css';
import { Kbd } from './text';
import { keysAreFree } from './typing';

const FIXED: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['⌘', 'K'], 'Search or act'],
  [['/'], 'Search this list'],
  [['J'], 'Next row'],
  [['K'], 'Previous row'],
  [['↵'], 'Open the row'],
  [['.'], 'Acts of the row'],
  [['esc'], 'Close one layer'],
  [['?'], 'These keys'],
];
const SECOND_KEY_MS = 1200;

export function Shortcuts({ groups }: { groups: readonly NavGroup[] }) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const pressedG = useRef(0);

  useEffect(() => {
    const places = new Map(
      groups.flatMap((group) => group.items).flatMap((item) => (item.go ? [[item.go.toLowerCase(), item.href]] : [])),
    );
    function onKey(event: KeyboardEvent) {
      if (!keysAreFree(event)) return;
      const key = event.key.toLowerCase();
      const href = places.get(key);
      if (href && event.timeStamp - pressedG.current < SECOND_KEY_MS) {
        pressedG.current = 0;
        // Other single-letter keys must not also act on this letter.
        event.preventDefault();
        event.stopImmediatePropagation();
        router.push(href);
        return;
      }
      pressedG.current = key === 'g' ? event.timeStamp : 0;
      if (key === '?') {
        event.preventDefault();
        setOpen(true);
      } else if (key === '/') {
        const field = document.querySelector<HTMLInputElement>('[data-search]');
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
    document.addEventListener('keydown', onKey, true);
    return () => document.removeEventListener('keydown', onKey, true);
  }, [groups, router]);

  const gos = groups.flatMap((group) => group.items).filter((item) => item.go);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keys" wide>
      <div className={styles.columns}>
        <dl className={styles.list}>
          {FIXED.map(([keys, what]) => (
            <Row key={what} keys={keys} what={what} />
          ))}
        </dl>
        {gos.length > 0 ? (
          <dl className={styles.list}>
            {gos.map((item) => (
              <Row key={item.href} keys={['G', item.go!.toUpperCase()]} what={item.label} />
            ))}
          </dl>
        ) : null}
      </div>
    </Dialog>
  );
}

function Row({ keys, what }: { keys: readonly string[]; what: string }) {
  return (
    <div className={styles.row}>
      <dt>{what}</dt>
      <dd>
        {keys.map((key) => (
          <Fragment key={key}>
            <Kbd>{key}</Kbd>{' '}
          </Fragment>
        ))}
      </dd>
    </div>
  );
}
