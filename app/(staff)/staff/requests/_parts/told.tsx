/** Who was told of a request, and when everybody else is. */
import { formatClock } from '@/app/_ui/format';
import { Time } from '@/app/_ui/time';
import type { RequestView } from '@/lib/grants/schemas';
import styles from '../requests.module.css';

export function Told({ of: { routing, state, needs } }: { of: RequestView }) {
  if (!routing) return null;
  const { toldAt, told, escalateAt, escalated } = routing;
  const missing = needs.some(
    ({ role, count, given }) =>
      role === 'on-call' && given.filter(({ verdict }) => verdict === 'approve').length < count,
  );
  return (
    <>
      <p>
        At {formatClock(toldAt)} UTC:{' '}
        {told.length > 0
          ? told.map(({ person, onShift }) => (onShift ? `${person.name} (on call)` : person.name)).join(', ')
          : 'nobody, for nobody is designated'}
      </p>
      {escalated ? (
        <p>
          Escalated at {formatClock(escalated.at)} UTC: {escalated.to.map(({ name }) => name).join(', ')}
        </p>
      ) : escalateAt && state === 'pending' && missing ? (
        <p>
          {Date.parse(escalateAt) > Date.now() ? (
            <>
              Escalates <Time at={escalateAt} />: everybody else who may answer is told
            </>
          ) : (
            `Due to escalate since ${formatClock(escalateAt)} UTC`
          )}
        </p>
      ) : null}
      <p className={styles.facts}>Whoever the committee designated may answer at any time, told or not.</p>
    </>
  );
}
