/** Who signed already, what is signed, and the answer. */
import { AnswerForm } from '@/app/_parts/access/answer-form';
import { counted, roleWord, targetsLine } from '@/app/_parts/access/words';
import { Terms } from '@/app/_ui/command';
import type { FormAction } from '@/app/_ui/form-state';
import { formatClock } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/glyph';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Countdown, Time } from '@/app/_ui/time';
import type { RequestView } from '@/lib/grants/schemas';
import { voteAction } from '../actions';
import styles from '../requests.module.css';
import { AskFirst, Extend, GiveBack, Review, Revoke } from './request-acts';

export function Signatures({ of, mayRevoke }: { of: RequestView; mayRevoke: boolean }) {
  const wanted = of.needs.reduce((sum, { count }) => sum + count, 0);
  const given = of.needs.reduce((sum, need) => sum + Math.min(need.count, approvalsOf(need)), 0);
  return (
    <aside className={styles.side} aria-label="Signatures">
      <div className={styles.sideHead}>
        <h2 className={styles.queueTitle}>{of.kind === 'break-glass' ? 'Review' : 'Signatures'}</h2>
        <span className="small quiet">
          {of.kind === 'break-glass' ? `${of.reviews.length} of 2` : `${given} of ${wanted}`}
        </span>
      </div>
      <div className={styles.signatures}>
        {of.needs.map((need) => (
          <Need key={need.role} need={need} of={of} />
        ))}
        {of.reviews.map((one) => (
          <Signature key={one.at} as="Looked at" by={one.by.name} verdict={one.verdict} at={one.at} />
        ))}
        {of.kind === 'break-glass' && of.reviewDue ? (
          <div className={styles.signature}>
            <Glyph state="waiting" />
            <span>
              Two others<small>look at it afterwards</small>
            </span>
            <Time at={of.reviewDue} />
          </div>
        ) : null}
      </div>
      <Stack gap={4}>
        <Answer of={of} />
        <Running of={of} mayRevoke={mayRevoke} />
      </Stack>
    </aside>
  );
}

const approvalsOf = (need: RequestView['needs'][number]) =>
  need.given.filter(({ verdict, counts }) => verdict === 'approve' && counts).length;

function Need({ need, of }: { need: RequestView['needs'][number]; of: RequestView }) {
  const word = roleWord(
    need.role,
    of.customers.map(({ organisation }) => organisation),
  );
  const left = of.state === 'pending' ? need.count - approvalsOf(need) : 0;
  return (
    <>
      {need.given.map((one) => (
        <Signature
          key={one.at}
          as={word}
          by={one.for ? `${one.by.name} for ${one.for.name}` : one.by.name}
          verdict={one.verdict}
          at={one.at}
          minutes={one.minutes}
          counts={one.counts}
        />
      ))}
      {left > 0 ? (
        <div className={styles.signature}>
          <Glyph state="waiting" />
          <span>
            {word}
            <small>{left > 1 ? `${left} are missing` : 'is missing'}</small>
          </span>
          <span>
            {'role' in of.yours && of.yours.role === need.role ? (
              <b className={styles.yours}>{of.yours.for ? `you, for ${of.yours.for.name}` : 'you'}</b>
            ) : null}
          </span>
        </div>
      ) : null}
    </>
  );
}

interface Signed {
  as: string;
  by: string;
  verdict: 'approve' | 'deny';
  at: string;
  minutes?: number;
  counts?: boolean;
}
function Signature({ as, by, verdict, at, minutes, counts = true }: Signed) {
  return (
    <div className={styles.signature}>
      <Glyph state={verdict === 'deny' ? 'refused' : counts ? 'verified' : 'closed'} />
      <span>
        {as}
        <small>
          {by},{' '}
          {verdict === 'approve'
            ? minutes
              ? `approved ${counted(minutes, 'minute')}`
              : 'in order'
            : minutes
              ? 'denied'
              : 'not in order'}
          {counts ? '' : ', counts no longer'}
        </small>
      </span>
      <time dateTime={at}>{formatClock(at)}</time>
    </div>
  );
}

function Answer({ of }: { of: RequestView }) {
  if (of.state !== 'pending')
    return of.kind === 'break-glass' && of.reviewDue && !of.own ? (
      <Review request={of.id} person={of.person.name} />
    ) : null;
  return (
    <>
      {'role' in of.yours ? (
        <AnswerForm
          key={of.id}
          action={voteAction as FormAction}
          hidden={{ request: of.id, role: of.yours.role, for: of.yours.for?.id ?? '' }}
          name={targetsLine(of.targets)}
          minutes={of.minutes}
          extension={of.kind === 'extension'}
          standIn={of.yours.for?.name}
          refuseOnly={of.yours.refuseOnly ?? undefined}
          keys
        />
      ) : (
        <Note>{of.yours.why}</Note>
      )}
      <div>
        <p className="small">What is signed, word for word</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className={styles.scroll} tabIndex={0} aria-label="What is signed">
          <Terms items={of.terms} />
        </section>
      </div>
      <div className={styles.quietList}>
        <span>
          Unanswered, it is over at {formatClock(of.decideBy)} and nobody gets in: <Countdown to={of.decideBy} />
        </span>
        <span>At the end the session is cut, its processes are killed, and closing is checked on the host.</span>
      </div>
    </>
  );
}

function Running({ of, mayRevoke }: { of: RequestView; mayRevoke: boolean }) {
  const open = of.state === 'pending' || of.state === 'scheduled' || of.state === 'active';
  return (
    <>
      {of.own && of.state === 'active' ? (
        <a className="link" href={`/staff/sessions/open?grant=${of.id}`}>
          Open a session
        </a>
      ) : null}
      {of.own && of.state === 'active' && of.kind === 'access' ? <Extend of={of.id} /> : null}
      <AskFirst request={of.id} customers={of.customers.map(({ organisation }) => organisation)} />
      {of.own && open ? <GiveBack request={of.id} pending={of.state === 'pending'} /> : null}
      {!of.own && open && mayRevoke ? <Revoke request={of.id} name={targetsLine(of.targets)} /> : null}
    </>
  );
}
