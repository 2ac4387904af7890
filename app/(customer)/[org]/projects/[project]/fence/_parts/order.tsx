/** Allowed regions in their order; channels live in the first one that has an edge. */
import Link from 'next/link';
import { Panel } from '@/app/_ui/panel';
import { Region } from '@/app/_ui/region';
import type { Region as RegionCode } from '@/lib/kernel/region';
import { draftHref, movedUp, shortName } from './draft';
import styles from './fence.module.css';

export function Order({ path, regions, locked }: { path: string; regions: readonly RegionCode[]; locked?: boolean }) {
  return (
    <Panel title="Order" note="the first is the preferred home of channels">
      <ol className={styles.order}>
        {regions.map((region, n) => (
          <li key={region}>
            <span className="quiet num small">{n + 1}</span>
            <span className="trunc">
              <Region code={region} /> <span className="quiet">{shortName(region)}</span>
            </span>
            {n === 0 ? (
              <span className="quiet small">home</span>
            ) : locked ? null : (
              <Link
                href={draftHref(path, movedUp(regions, region))}
                scroll={false}
                className="link small"
                aria-label={`Move ${region} up`}
              >
                {n === 1 ? 'Make home' : 'Up'}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
