import Link from 'next/link';
import { Section } from '@/app/_ui/panel';
import { Time } from '@/app/_ui/time';
import { readAuditLog } from '@/lib/audit-log';
import type { Caller } from '@/lib/authz';
import styles from './last-changes.module.css';

const SHOWN = 6;
/** What the log also holds and what changes nothing. */
const NO_CHANGE = ['token.', 'access.', 'audit.', 'enforcement.', 'step-up'];

/** The newest acts that changed this project. Reading them is an event of its own, as every look into the log. */
export async function LastChanges({
  caller,
  projectId,
  base,
}: {
  caller: Caller & { kind: 'member' };
  projectId: string;
  base: string;
}) {
  const { events } = await readAuditLog(caller, { project: projectId });
  const changes = events
    .filter(({ event, outcome }) => outcome === 'success' && !NO_CHANGE.some((kind) => event.startsWith(kind)))
    .slice(0, SHOWN);
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
        <p className="small quiet">Nothing among the newest 50 events changed this project.</p>
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
