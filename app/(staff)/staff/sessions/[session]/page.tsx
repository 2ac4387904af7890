import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { targetName } from '@/app/_parts/access/words';
import { ButtonLink } from '@/app/_ui/button';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { grantErrors, readRequest, readSession } from '@/lib/grants';
import { auditSource } from '@/lib/identity';
import { openRecording, recordingErrors } from '@/lib/recordings';
import type { RecordingView } from '@/lib/recordings/schemas';
import { staff } from '../../../_frame/door';
import { Revoke } from '../../requests/_parts/request-acts';
import { Facts } from './facts';
import { Replay } from './replay';
import { searchWords, stateWords } from './words';

export const metadata: Metadata = { title: 'Session on production' };

interface PageProps {
  params: Promise<{ session: string }>;
  searchParams: Promise<Params>;
}

export default async function SessionPage({ params, searchParams }: PageProps) {
  const [page, { session: id }, query] = await Promise.all([staff(), params, searchParams]);
  const caller = { secret: page.secret, source: await auditSource() };
  const session = await readSession(caller, id).catch((error) => {
    if (grantErrors.is(error) && error.code === 'grant.not_found') notFound();
    throw error;
  });
  const request = await readRequest(caller, session.request);
  const recording = session.channel === null ? await recordOf(caller, id) : null;
  const live = session.startedAt !== null && session.endedAt === null && session.active;
  const name = targetName(session.target);
  return (
    <Page>
      <Crumb items={[{ label: `${session.person.name}, ${name}` }]} />
      <PageHead
        title={`${session.person.name} on ${name}`}
        acts={
          live && !request.own && page.reason('revoke', 'AccessRequest') === undefined ? (
            <Revoke request={session.request} name={name} />
          ) : null
        }
      />
      <Stack gap={6}>
        <Facts session={session} request={request} recording={recording} />
        {session.channel !== null ? (
          <Empty title="There is no screen record">
            A channel was watched. Media is not recorded; that somebody was there, from when to when, stands in this log
            and in the customer’s.
          </Empty>
        ) : recording ? (
          <ScreenRecord of={recording} title={`${session.person.name}@${name}`} startAt={Number(one(query, 'at'))} />
        ) : (
          <Empty title="The screen record is not shown to you">
            It is for the person whose session it was, for security, administrators and auditors.
          </Empty>
        )}
      </Stack>
    </Page>
  );
}

/** Null for whom it is not shown to. */
const recordOf = (caller: Parameters<typeof openRecording>[0], id: string): Promise<RecordingView | null> =>
  openRecording(caller, id).catch((error) => {
    if (recordingErrors.is(error) && error.code === 'recording.not_yours') return null;
    throw error;
  });

/** What there is to take away, and what each is good for. */
const FILES = [
  { as: 'rec', label: 'Record, .rec' },
  { as: 'heads', label: 'Heads of the audit log' },
  { as: 'cast', label: 'For asciinema, .cast' },
] as const;

const Download = ({ session }: { session: string }) => (
  <Stack gap={2}>
    <Row wrap>
      {FILES.map(({ as, label }) => (
        <ButtonLink key={as} href={`/staff/sessions/${session}/file?as=${as}`} icon="download" size="sm" download>
          {label}
        </ButtonLink>
      ))}
    </Row>
    <p className="small quiet">
      Record and heads together can be verified anywhere: cordon recording verify FILE --heads HEADS. What is made for
      asciinema proves nothing. Taking a file away is recorded.
    </p>
  </Stack>
);

function ScreenRecord({ of, title, startAt }: { of: RecordingView; title: string; startAt: number }) {
  const words = stateWords(of.state);
  const search = searchWords(of.indexed);
  if (!of.screen) return <Empty title={words.title}>{words.says}</Empty>;
  return (
    <Stack gap={4}>
      <Note tone={words.tone} title={words.title}>
        {words.says} Compared with {of.heads} heads of the audit log.
        {of.redacted > 0 ? ` ${of.redacted} lines are redacted.` : ''}
      </Note>
      <Replay
        key={of.lines}
        session={of.session}
        title={title}
        header={of.screen}
        seconds={of.seconds}
        idle={of.idle}
        marks={of.marks}
        searchable={of.indexed !== null}
        startAt={Number.isFinite(startAt) && startAt > 0 ? startAt : 0}
      />
      {search ? <p className="small quiet">{search}</p> : null}
      <Download session={of.session} />
    </Stack>
  );
}
