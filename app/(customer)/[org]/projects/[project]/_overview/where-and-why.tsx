import { Bars } from '@/app/_ui/bars';
import { formatNumber } from '@/app/_ui/format';
import { Section } from '@/app/_ui/panel';
import { Region } from '@/app/_ui/region';
import { Simulated } from '@/app/_ui/tag';
import type { Activity } from '@/lib/fleet/schemas';
import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision/codes';
import type { Region as RegionCode } from '@/lib/kernel/region';
import styles from './last-changes.module.css';

const saysOf = (code: string): string =>
  Object.hasOwn(DENY_CODES, code) ? DENY_CODES[code as DenyCode].says.replace(/\.$/, '') : code;

export function WhyRefused({ refusals }: { refusals: Activity['refusalsByCode'] }) {
  return (
    <Section title="Why joins were refused" note="24 h">
      {refusals.length === 0 ? (
        <p className="small quiet">No join was refused in the last 24 hours.</p>
      ) : (
        <Bars items={refusals.map(({ code, count }) => ({ label: saysOf(code), value: count }))} />
      )}
    </Section>
  );
}

/** Regions that serve sessions, and those of the fence that could. */
export function WhereSessions({
  regions,
  fence,
}: {
  regions: Activity['sessionsByRegion'];
  fence: readonly RegionCode[];
}) {
  const shown = regions.filter(({ region, sessions }) => sessions > 0 || fence.includes(region));
  return (
    <Section title="Where sessions are" aside={<Simulated />}>
      {shown.length === 0 ? (
        <p className="small quiet">No edge serves a region of the fence yet.</p>
      ) : (
        <div className={styles.regions}>
          {shown.map(({ region, edges, sessions }) => (
            <div key={region}>
              <Region code={region} />
              <span className="quiet">
                {fence.includes(region) ? `${formatNumber(edges)} ${edges === 1 ? 'edge' : 'edges'}` : 'leaving'}
              </span>
              <span className="num strong medium">{formatNumber(sessions)}</span>
            </div>
          ))}
        </div>
      )}
    </Section>
  );
}
