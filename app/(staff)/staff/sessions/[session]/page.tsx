import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { targetName } from '@/app/_parts/access/words';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { searchWords, stateWords } from '@/app/_parts/recording/words';
import { ButtonLink } from '@/app/_ui/button';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { grantErrors, readRequest, readSession } from '@/lib/grants';
import { auditSource } from '@/lib/identity';
import { listCopies, openCopy, openRecording, recordingErrors } from '@/lib/recordings';
import type { CopyView, RecordingView } from '@/lib/recordings/schemas';
import { type StaffPage, staff } from '../../../_frame/door';
import { Copies } from './copies';
import { Facts } from './facts';
import { LiveReplay } from './live-replay';
import { Replay } from './replay';
import { Terminate } from './terminate';

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
  const copy = one(query, 'copy');
  const recording = session.channel === null ? await recordOf(caller, id, copy) : null;
  if (recording && recording.session !== id) notFound();
  const mayRead = page.reason('read', 'SessionRecording') === undefined;
  const copies = recording && mayRead ? await listCopies(caller, id) : [];
  const live = session.startedAt !== null && session.endedAt === null && session.active;
  const name = session.channel ?? targetName(session.target);
  return (
    <Page>
      <Crumb items={[{ label: `${session.person.name}, ${name}` }]} />
      <PageHead
        title={`${session.person.name} ${session.channel === null ? 'on' : 'in the channel'} ${name}`}
        acts={
          live && !request.own && page.reason('revoke', 'AccessRequest') === undefined ? (
            <Terminate session={id} request={session.request} name={targetName(session.target)} />
          ) : null
        }
      />
      <Stack gap={6}>
        <Facts session={session} request={request} recording={recording} />
        {session.channel !== null ? (
          <Empty title="There is no screen record">
            {live ? 'A channel is being watched.' : 'A channel was watched.'} Media is not recorded; that somebody was
            there, from when to when, stands in this log and in the customer’s.
          </Empty>
        ) : recording ? (
          <ScreenRecord
            page={page}
            of={recording}
            copies={copies}
            copy={copies.find((each) => each.id === copy)}
            title={`${session.person.name}@${name}`}
            startAt={Number(one(query, 'at'))}
            comes={live}
          />
        ) : (
          <Empty title="The screen record is not shown to you">
            It is for the person whose session it was, for security, administrators and auditors.
          </Empty>
        )}
      </Stack>
    </Page>
  );
}

/** The record, or a copy of it; null when it is not for this person. */
const recordOf = (
  caller: Parameters<typeof openRecording>[0],
  id: string,
  copy: string | undefined,
): Promise<RecordingView | null> =>
  (copy ? openCopy(caller, copy) : openRecording(caller, id)).catch((error) => {
    if (recordingErrors.is(error) && error.code === 'recording.copy') notFound();
    if (recordingErrors.is(error) && error.code === 'recording.not_yours') return null;
    throw error;
  });

/** What there is to take away, and what each is good for. */
const FILES = [
  { as: 'rec', label: 'Record, .rec' },
  { as: 'heads', label: 'Heads of the audit log' },
  { as: 'cast', label: 'For asciinema, .cast' },
] as const;

const Download = ({ session, copy }: { session: string; copy?: string }) => (
  <Stack gap={2}>
    <Row wrap>
      {FILES.map(({ as, label }) => (
        <ButtonLink
          key={as}
          href={`/staff/sessions/${session}/file?as=${as}${copy ? `&copy=${copy}` : ''}`}
          icon="download"
          size="sm"
          download
        >
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

interface ScreenRecordProps {
  page: StaffPage;
  of: RecordingView;
  copies: readonly CopyView[];
  /** The one that is looked at instead of the record. */
  copy: CopyView | undefined;
  title: string;
  startAt: number;
  /** Whether the session runs. */
  comes: boolean;
}

function ScreenRecord({ page, of, copies, copy, title, startAt, comes }: ScreenRecordProps) {
  const words = stateWords(of.state);
  const search = searchWords(of.indexed);
  if (!of.screen)
    return (
      <Empty title={words.title} action={comes ? <AutoRefresh seconds={2} /> : undefined}>
        {words.says}
      </Empty>
    );
  const { session, screen, seconds } = of;
  if (of.state.is === 'live' && page.reason('watch', 'SessionRecording') === undefined)
    return (
      <Stack gap={4}>
        <Note tone="accent" title="You are watching the session as it runs.">
          The person in it is told so in their terminal, and that you watch is recorded. What has come by now is what
          the audit log says; what comes is checked when the session is over.
        </Note>
        <LiveReplay session={session} title={title} header={screen} seconds={seconds} />
        <Download session={session} />
      </Stack>
    );
  return (
    <Stack gap={4}>
      <Note
        tone={words.tone}
        title={copy ? `A copy. ${words.title}` : words.title}
        action={copy ? <ButtonLink href={`/staff/sessions/${session}`}>The record itself</ButtonLink> : null}
      >
        {words.says} Compared with {of.heads} heads of the audit log.
        {of.redacted > 0 ? ` ${of.redacted} lines are withheld.` : ''}
      </Note>
      <Replay
        key={`${copy?.id} ${of.lines}`}
        session={session}
        title={title}
        header={screen}
        seconds={seconds}
        idle={of.idle}
        marks={of.marks}
        searchable={of.indexed !== null}
        startAt={Number.isFinite(startAt) && startAt > 0 ? startAt : 0}
        copy={copy?.id}
        noCopy={
          of.state.is === 'verified'
            ? page.reason('copy', 'SessionRecording')
            : 'Only a record that is whole and verified is copied.'
        }
      />
      {search && !copy ? <p className="small quiet">{search}</p> : null}
      <Download session={session} copy={copy?.id} />
      <Copies session={session} copies={copies} reason={page.reason('share', 'SessionRecording')} />
    </Stack>
  );
}
