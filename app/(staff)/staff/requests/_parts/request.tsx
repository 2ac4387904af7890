/** One request on one screen: who, why, what it reaches, how long. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { counted, KIND_WORDS, lookOf, targetName, targetsLine, whyWords } from '@/app/_parts/access/words';
import { Enclosure } from '@/app/_ui/enclosure';
import { formatClock } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Note } from '@/app/_ui/note';
import { PageTitle } from '@/app/_ui/page';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { DataClass } from '@/app/_ui/tag';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { DATA_CLASSES, type RequestView } from '@/lib/grants/schemas';
import styles from '../requests.module.css';
import { Told } from './told';

export function Request({ of }: { of: RequestView }) {
  const { state, word } = lookOf(of);
  return (
    <div className={styles.middle}>
      <div className={styles.head}>
        <PageTitle>
          {KIND_WORDS[of.kind]}: {of.purpose} on <Mono>{targetsLine(of.targets)}</Mono>
        </PageTitle>
        <Status state={state} word={word} detail={whyWords(of.why) ?? undefined} />
      </div>
      {of.certain ? null : (
        <Note tone="notice" title="The key service does not answer.">
          What is shown is the last copy. Nothing new is opened, and what runs ends at its time.
        </Note>
      )}
      <Part title="Who">
        <p className={styles.big}>{of.person.name}</p>
        <Readiness of={of} />
      </Part>
      <Part title="Why">
        <p className={styles.big}>“{of.reason}”</p>
        <div className={styles.facts}>
          <span>{of.purpose}</span>
          {of.ticket ? (
            <span>
              ticket <Mono>{of.ticket}</Mono>
            </span>
          ) : null}
          {of.extends ? (
            <a className="link" href={`/staff/requests?open=${of.extends}`}>
              extends an earlier grant
            </a>
          ) : null}
        </div>
      </Part>
      <Part title="What it can reach">
        <Reach of={of} />
      </Part>
      <Part title="How long">
        <HowLong of={of} />
      </Part>
      {of.routing ? (
        <Part title="Who was told">
          <Told of={of} />
        </Part>
      ) : null}
      {of.held.length > 0 ? (
        <Part title="Sessions">
          {of.held.map(({ id, target, openedAt }) => (
            <p key={id} className={styles.facts}>
              <a className="link" href={`/staff/sessions/${id}`}>
                {targetName(target)}
              </a>
              <Time at={openedAt} />
            </p>
          ))}
        </Part>
      ) : null}
      {of.past.length > 0 ? (
        <Part title={`Last requests of ${of.person.name}`}>
          <div className={styles.past}>
            {of.past.map((one) => (
              <Past key={one.id} of={one} />
            ))}
          </div>
        </Part>
      ) : null}
      {of.comments.length > 0 ? (
        <Part title="Questions and answers">
          {of.comments.map(({ id, by, organisation, text, at }) => (
            <div key={id} className={styles.said}>
              <p>
                {by}
                {organisation ? `, with ${organisation.name}` : ''}, <Time at={at} />
              </p>
              <p className={styles.big}>{text}</p>
            </div>
          ))}
        </Part>
      ) : null}
      <Part title="Reference">
        <div className={styles.facts}>
          <Id value={of.id} label="request ID" />
          <span>{of.policy}</span>
          <a className="link" href={`/staff/log?object=${of.id}`}>
            In the provider log
          </a>
        </div>
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h2 className={styles.partTitle}>{title}</h2>
      {children}
    </section>
  );
}

function Readiness({ of: { readiness, past, targets } }: { of: RequestView }) {
  const { missing, general, additional, agreement } = readiness;
  const until = [general, additional].filter((one) => one !== null).sort()[0];
  const first = !past.some((one) => one.targets.some((target) => targets.includes(target)));
  return (
    <div className={styles.facts}>
      {missing.map((what) => (
        <Status key={what} small state="failed" word={`Missing: ${what}`} />
      ))}
      {until ? <Status small state="verified" word={`training to ${until.slice(0, 10)}`} /> : null}
      {agreement ? <Status small state="verified" word="confidentiality signed" /> : null}
      {first ? <Status small state="open" word="first time on this target" /> : null}
    </div>
  );
}

function Reach({ of: { reach, targets, command, files, customers } }: { of: RequestView }) {
  const known = new Map(reach.map((target) => [target.id, target]));
  const inside = new Set(reach.flatMap(({ dataClasses }) => dataClasses));
  const outside = DATA_CLASSES.filter((name) => !inside.has(name));
  return (
    <div className={styles.reach}>
      <Enclosure label="Reach">
        {targets.map((id) => {
          const target = known.get(id);
          return (
            <div key={id} className={styles.target}>
              <Mono>{targetName(id)}</Mono>
              {target ? <Region code={target.region} /> : null}
              {target?.dataClasses.map((name) => (
                <DataClass key={name} name={name} />
              ))}
            </div>
          );
        })}
        <p className={styles.facts}>
          <span>{command === null ? 'A shell' : <Mono wrap>{command}</Mono>}</span>
          <span>{files ? 'Files may be copied' : 'No files are copied'}</span>
        </p>
        {customers.map(({ organisation, mode }) => (
          <p key={organisation.id} className={styles.facts}>
            <span>Data of {organisation.name}</span>
            <span>{MODES[mode]}</span>
          </p>
        ))}
      </Enclosure>
      <Enclosure label="Out of reach" kind="out">
        {outside.map((name) => (
          <div key={name} className={styles.target}>
            <DataClass name={name} />
          </div>
        ))}
        <p className="small">Every other target</p>
      </Enclosure>
    </div>
  );
}

const MODES = { notify: 'is told', approve: 'has to agree', 'break-glass': 'is told at once' } as const;

/** All limits on one line: the start, the end, what the policy gives. */
function HowLong({ of }: { of: RequestView }) {
  const minutes = of.approvedMinutes ?? of.minutes;
  const most = Math.max(of.maxMinutes ?? minutes, minutes);
  const start = of.startsAt ?? of.wantedStart;
  const end = of.deadline ?? (start ? new Date(Date.parse(start) + minutes * 60_000).toISOString() : null);
  const at = `${Math.round((minutes / most) * 100)}%`;
  return (
    <div className={styles.line} role="img" aria-label={`${counted(minutes, 'minute')} of at most ${most}`}>
      <span className={styles.on} style={{ width: at }} />
      <span className={clsx(styles.mark, styles.from)} style={{ left: 0 }}>
        <span>
          {start ? 'from' : 'on approval'}
          <br />
          {start ? formatClock(start) : ''}
        </span>
      </span>
      <span className={clsx(styles.mark, styles.key, minutes === most && styles.end)} style={{ left: at }}>
        <span>
          {end ? `ends ${formatClock(end)}` : 'ends'}
          <br />
          {counted(minutes, 'minute')}
        </span>
      </span>
      {minutes < most ? (
        <span className={clsx(styles.mark, styles.end, styles.cap)} style={{ left: '100%' }}>
          <span>
            policy gives
            <br />
            {counted(most, 'minute')}
          </span>
        </span>
      ) : null}
    </div>
  );
}

function Past({ of: { id, targets, state, requestedAt, minutes, sessions } }: { of: RequestView['past'][number] }) {
  const look = lookOf({ state });
  return (
    <>
      <span className="quiet">{requestedAt.slice(0, 10)}</span>
      <a className="link" href={`/staff/requests?open=${id}`}>
        {targetsLine(targets)}, {counted(minutes, 'minute')}, {counted(sessions, 'session')}
      </a>
      <Status small state={look.state} word={look.word} />
    </>
  );
}
