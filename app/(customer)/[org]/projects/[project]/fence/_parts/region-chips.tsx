/** The six regions as toggles. Each is a link to the plan with that region turned round, so every draft has an address. */
import clsx from 'clsx';
import Link from 'next/link';
import { Menu } from '@/app/_ui/menu';
import { Region } from '@/app/_ui/region';
import type { RegionState } from '@/app/_ui/world-map';
import { isGlobal, REGION_NAMES, REGIONS, type Region as RegionCode } from '@/lib/kernel/region';
import { allBut, draftHref, everywhere, stateOf, toggled } from './draft';
import styles from './fence.module.css';

const WORDS: Readonly<Record<RegionState, string>> = {
  allowed: 'allowed',
  joining: 'to be allowed',
  leaving: 'to be refused',
  refused: 'refused',
  plain: '',
};

export function RegionChips({
  path,
  before,
  after,
  locked,
}: {
  path: string;
  before: readonly RegionCode[];
  after: readonly RegionCode[];
  locked?: boolean;
}) {
  return (
    <nav className={styles.chips} aria-label="Regions of the fence">
      {REGIONS.map((region) => {
        const state = stateOf(region, before, after);
        const inside = after.includes(region);
        const content = (
          <>
            <Region code={region} />
            <span>{WORDS[state]}</span>
          </>
        );
        const look = clsx(styles.chip, state !== 'refused' && state !== 'plain' && styles[state]);
        // The last region stays: a fence that allows nothing is a frozen project.
        if (locked || (inside && after.length === 1)) {
          return (
            <span
              key={region}
              className={look}
              title={locked ? undefined : 'A fence allows at least one region. To stop everything, freeze the project.'}
            >
              {content}
            </span>
          );
        }
        return (
          <Link
            key={region}
            href={draftHref(path, toggled(after, region))}
            scroll={false}
            className={look}
            aria-label={`${inside ? 'Refuse' : 'Allow'} ${region}, ${REGION_NAMES[region]}: now ${WORDS[state]}`}
          >
            {content}
          </Link>
        );
      })}
      {locked ? null : (
        <Menu
          trigger={{ label: 'Sets', icon: 'globe', variant: 'ghost', size: 'sm' }}
          items={[
            {
              label: 'GLOBAL',
              note: 'All six regions',
              href: draftHref(path, everywhere(after)),
              current: isGlobal(after),
            },
            { heading: 'Everything but' },
            ...REGIONS.map((region) => ({
              label: `Everything but ${region}`,
              href: draftHref(path, allBut(after, region)),
            })),
            { heading: 'Only' },
            ...REGIONS.map((region) => ({ label: `Only ${region}`, href: draftHref(path, [region]) })),
          ]}
        />
      )}
    </nav>
  );
}
