'use client';
import clsx from 'clsx';
/**
 * ⌘K: acts of this page, then go to, then up the path. Forbidden acts are listed with their reason.
 * Enter runs once: the palette closes before the act starts.
 */
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';
import { Icon, type IconName } from './icon';
import type { NavGroup } from './nav';
import { acts, type CrumbItem } from './page-store';
import styles from './palette.module.css';
import { Kbd } from './text';
import { THEMES } from './theme';
import { applyTheme, THEME_WORDS } from './theme-toggle';

const OPEN = 'cordon:palette';

/** Opens the palette; two of them in the frame, wide and narrow. */
export function PaletteButton({ bare }: { bare?: boolean }) {
  const open = () => document.dispatchEvent(new CustomEvent(OPEN));
  if (bare) {
    return (
      <button type="button" className={styles.bare} aria-label="Search or act" onClick={open}>
        <Icon name="search" />
      </button>
    );
  }
  return (
    <button type="button" className={styles.button} onClick={open} aria-keyshortcuts="Meta+K Control+K">
      <Icon name="search" />
      Search or act
      <span className={styles.key}>
        <Kbd>⌘K</Kbd>
      </span>
    </button>
  );
}

interface Entry {
  id: string;
  label: string;
  icon?: IconName;
  hint?: string;
  reason?: string;
  go: () => void;
}

export function Palette({ groups, trail }: { groups: readonly NavGroup[]; trail: readonly CrumbItem[] }) {
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const router = useRouter();
  const pageActs = acts.use();

  useEffect(() => {
    const show = () => setOpen(true);
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      setOpen((was) => !was);
    }
    document.addEventListener(OPEN, show);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener(OPEN, show);
      document.removeEventListener('keydown', onKey);
    };
  }, []);

  function run(entry: Entry) {
    if (entry.reason) return;
    setOpen(false);
    setQuery('');
    entry.go();
  }

  const here: Entry[] = pageActs.map((act) => ({
    ...act,
    go: () => {
      act.run?.();
      if (act.href) router.push(act.href);
    },
  }));
  const goTo: Entry[] = groups.flatMap((group) =>
    group.items.map((item) => ({
      id: item.href,
      label: item.label,
      icon: item.icon,
      hint: item.go ? `G ${item.go.toUpperCase()}` : group.label,
      go: () => router.push(item.href),
    })),
  );
  const up: Entry[] = trail.flatMap(({ href, label }) =>
    href ? [{ id: `up ${href}`, label, icon: 'overview' as const, go: () => router.push(href) }] : [],
  );
  const themes: Entry[] = THEMES.map((theme) => ({
    id: `theme ${theme}`,
    label: `Theme: ${THEME_WORDS[theme].toLowerCase()}`,
    icon: 'sun',
    go: () => applyTheme(theme),
  }));
  const place = trail.at(-1)?.label;

  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined}>
          <Dialog.Title className="sr">Search or act</Dialog.Title>
          <Command loop label="Search or act" filter={match}>
            <div className={styles.head}>
              <Icon name="search" />
              <Command.Input
                className={styles.input}
                placeholder="Search or act"
                value={query}
                onValueChange={setQuery}
              />
              {place ? <span className={styles.place}>{place}</span> : null}
            </div>
            <Command.List className={styles.list}>
              <Command.Empty className={styles.none}>Nothing here is called that</Command.Empty>
              <Group name="On this page" entries={here} query={query} run={run} />
              <Group name="Go to" entries={goTo} query={query} run={run} />
              <Group name="Up" entries={up} query={query} run={run} />
              <Group name="Display" entries={themes} query={query} run={run} />
            </Command.List>
          </Command>
          <div className={styles.foot}>
            <span>
              <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
            </span>
            <span>
              <Kbd>↵</Kbd> do it
            </span>
            <span className={styles.esc}>
              <Kbd>esc</Kbd> close
            </span>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({
  name,
  entries,
  query,
  run,
}: {
  name: string;
  entries: readonly Entry[];
  query: string;
  run: (entry: Entry) => void;
}) {
  if (entries.length === 0) return null;
  return (
    <Command.Group heading={name} className={styles.group}>
      {entries.map((entry) => (
        <Command.Item
          key={entry.id}
          value={entry.id}
          keywords={[entry.label]}
          onSelect={() => run(entry)}
          aria-disabled={entry.reason ? true : undefined}
          className={clsx(styles.item, entry.reason && styles.off)}
        >
          {entry.icon ? <Icon name={entry.icon} /> : null}
          <span className={styles.label}>{marked(entry.label, query)}</span>
          {entry.reason || entry.hint ? <span className={styles.hint}>{entry.reason ?? entry.hint}</span> : null}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** 1 at the start of a word, less inside one, little for letters in order, 0 for no match. */
function match(_id: string, search: string, keywords: string[] = []): number {
  const label = keywords.join(' ').toLowerCase();
  const wanted = search.trim().toLowerCase();
  if (` ${label}`.includes(` ${wanted}`)) return 1;
  if (label.includes(wanted)) return 0.6;
  let at = 0;
  for (const letter of label) if (letter === wanted[at]) at++;
  return at === wanted.length && wanted.length > 2 ? 0.1 : 0;
}

/** The part of the label that was typed, marked. */
function marked(label: string, query: string): ReactNode {
  const at = query ? label.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at === -1) return label;
  return (
    <>
      {label.slice(0, at)}
      <mark className={styles.mark}>{label.slice(at, at + query.length)}</mark>
      {label.slice(at + query.length)}
    </>
  );
}
