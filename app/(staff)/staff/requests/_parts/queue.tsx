/** What waits, soonest to end first; what needs the reader stands out. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { counted, KIND_WORDS, targetsLine } from '@/app/_parts/access/words';
import { Kbd } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { RequestLine } from '@/lib/grants/schemas';
import styles from '../requests.module.css';
import { QueueKeys } from './queue-keys';

interface QueueProps {
  of: readonly RequestLine[];
  open: string | undefined;
  /** Acts below the queue. */
  children: ReactNode;
}

export function Queue({ of, open, children }: QueueProps) {
  const own = of.some(({ yours }) => 'why' in yours && yours.why.startsWith('Your own'));
  return (
    <aside className={styles.queue} aria-label="Waiting">
      <div className={styles.queueHead}>
        <h2 className={styles.queueTitle}>Waiting</h2>
        <span>
          <Kbd>J</Kbd> <Kbd>K</Kbd>
        </span>
      </div>
      <QueueKeys>
        {of.map((line) => (
          <Link
            key={line.id}
            href={`/staff/requests?open=${line.id}`}
            className={styles.entry}
            aria-current={line.id === open ? 'true' : undefined}
            data-queue=""
          >
            <span>
              <b className={`${styles.name} mono`}>{targetsLine(line.targets)}</b>
              <Time at={line.requestedAt} />
            </span>
            <span className={styles.name}>
              {KIND_WORDS[line.kind]}, {counted(line.minutes, 'minute')}
            </span>
            <span>
              <span className={styles.name}>{line.person.name}</span>
              {'role' in line.yours ? <span className={styles.yours}>Needs you</span> : <span>{shortly(line)}</span>}
            </span>
          </Link>
        ))}
      </QueueKeys>
      {own ? (
        <p className={styles.foot}>You cannot approve your own request, and the server refuses it too.</p>
      ) : of.length === 0 ? (
        <p className={styles.foot}>Nothing waits.</p>
      ) : null}
      <div className={styles.queueActs}>{children}</div>
    </aside>
  );
}

const shortly = ({ yours, state }: RequestLine): string =>
  state !== 'pending' ? 'Review' : 'why' in yours && yours.why.startsWith('Your own') ? 'Yours' : 'Waits for others';
