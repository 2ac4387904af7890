import Link from 'next/link';
import { Section } from '@/app/_ui/panel';
import { Time } from '@/app/_ui/time';
import { recentChanges } from '@/lib/audit-log';
import type { Caller } from '@/lib/authz';
import styles from './last-changes.module.css';

const SHOWN = 6;
/** The newest acts that changed this project. */
export async function LastChanges({ caller, projectId, base }: { caller: Caller; projectId: string; base: string }) {
  const changes = await recentChanges(caller, projectId, SHOWN);
  return (
    <Section
      title="Last changes"
      aside={
        <Link className="link small" href={`${base}/audit?project=${projectId}`}>
          All in the audit log
        </Link>
      }
    >
      {changes.length === 0 ? (
        <p className="small quiet">Nothing has changed this project yet.</p>
      ) : (
        <ul className={styles.list}>
          {changes.map(({ id, sentence, actor, at }) => (
            <li key={id}>
              <span className="trunc">
                <span className="strong">{sentence}</span>
                <span className={styles.who} dir="auto">
                  {actor.name ?? 'somebody who is no member now'}
                </span>
              </span>
              <Time at={at} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
