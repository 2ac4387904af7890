/** Who was where, by whose leave, from when to when. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { roleWord, targetName } from '@/app/_parts/access/words';
import { endWords, stateWords } from '@/app/_parts/recording/words';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { RequestView, SessionView } from '@/lib/grants/schemas';
import type { RecordingView } from '@/lib/recordings/schemas';
import styles from './session.module.css';

interface FactsProps {
  session: SessionView;
  request: RequestView;
  recording: RecordingView | null;
}

export function Facts({ session, request, recording }: FactsProps) {
  const { id, person, target, through, channel, openedAt, startedAt, endedAt, why } = session;
  const look = recording && stateWords(recording.state);
  return (
    <dl className={styles.facts}>
      <Fact term="Staff">{person.name}</Fact>
      <Fact term="On">
        <Mono>{targetName(target)}</Mono>
      </Fact>
      <Fact term="Grant">
        <Link className="link" href={`/staff/requests?open=${request.id}`} prefetch={false}>
          {request.purpose}, {request.minutes} min
        </Link>
      </Fact>
      <Fact term="Approved by">
        <Approved by={request} />
      </Fact>
      <Fact term="Second factor">
        Passkey, <Time at={openedAt} mode="exact" />
      </Fact>
      <Fact term="Through">{through.startsWith('key ') ? 'own SSH key' : through}</Fact>
      {channel ? (
        <Fact term="Channel">
          <Mono>{channel}</Mono>
        </Fact>
      ) : null}
      <Fact term="From">{startedAt ? <Time at={startedAt} mode="exact" /> : 'never begun'}</Fact>
      <Fact term="To">{endedAt ? <Time at={endedAt} mode="exact" /> : '–'}</Fact>
      {why ? <Fact term="Ended">{endWords(why)}</Fact> : null}
      {look ? (
        <Fact term="Screen record">
          <Status state={look.state} word={look.word} />
        </Fact>
      ) : null}
      <Fact term="Audit log">
        <Link className="link" href={`/staff/log?object=${id}`} prefetch={false}>
          Its entries
        </Link>
      </Fact>
    </dl>
  );
}

const Fact = ({ term, children }: { term: string; children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

function Approved({ by: { kind, needs, customers } }: { by: RequestView }) {
  const names = customers.map(({ organisation }) => organisation);
  const given = needs.flatMap(({ role, given: all }) =>
    all
      .filter(({ verdict }) => verdict === 'approve')
      .map(({ by, for: whom, at }) => ({
        at,
        words: `${by.name}${whom ? ` for ${whom.name}` : ''} (${roleWord(role, names)})`,
      })),
  );
  if (kind === 'break-glass') return <>nobody: break-glass</>;
  return given.length === 0 ? '–' : given.map(({ words }) => words).join(', ');
}
