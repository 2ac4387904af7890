/** A region is its code with a 6 px mark; the mark is never the only carrier. */
import clsx from 'clsx';
import { REGION_NAMES, REGIONS, type Region as RegionCode } from '@/lib/kernel/region';
import styles from './region.module.css';

export function Region({ code, named = false }: { code: RegionCode; named?: boolean }) {
  return (
    <span className={clsx(styles.region, styles[code])} title={named ? undefined : REGION_NAMES[code]}>
      {code}
      {named ? <span className={styles.name}>{REGION_NAMES[code]}</span> : null}
    </span>
  );
}

/** A fence in one line. All six regions read GLOBAL. Order is kept: the first is the preferred home. */
export function RegionSet({ codes }: { codes: readonly RegionCode[] }) {
  if (codes.length === REGIONS.length) return <span className={styles.set}>GLOBAL</span>;
  return (
    <span className={styles.set}>
      {codes.map((code) => (
        <Region key={code} code={code} />
      ))}
    </span>
  );
}
