import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { ButtonLink } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { Figure, Figures } from '@/app/_ui/figure';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { one, type Params } from '@/app/_ui/query';
import { readOnCall } from '@/lib/grants';
import { type OnCallView, weekOf } from '@/lib/grants/on-call/schemas';
import { staff } from '../../_frame/door';
import { SetShift } from './on-call-acts';
import { Week } from './week';
import { allOf, dayWords, whenWords } from './words';

export const metadata: Metadata = { title: 'On call' };

const WEEK_MS = 7 * 86_400_000;

export default async function OnCallPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const view = await readOnCall({ secret: page.secret }, weekOf.parse(one(params, 'week') ?? null));
  const approvers = view.approvers ?? [];
  const closed = !view.approvers
    ? 'The key service does not answer.'
    : approvers.length === 0
      ? 'No on-call approver is designated.'
      : undefined;
  const set = page.reason('set', 'OnCallShift');
  const add = <SetShift approvers={approvers} reason={set ?? closed} />;
  return (
    <Page>
      <PageHead
        title="On call"
        lede="Who is told first of requests that need an on-call approver. It opens nothing and closes nothing: whoever the committee designated may answer at any time."
        acts={view.any ? add : undefined}
      />
      <Stack gap={8}>
        {view.approvers ? null : (
          <Note tone="notice" title="The key service does not answer.">
            Who is designated cannot be read now. Shifts are shown as they were set.
          </Note>
        )}
        {view.any ? (
          <>
            <Duty of={view} />
            <Section title={`Seven days from ${dayWords(view.first)}`} note="UTC">
              <Stack gap={3}>
                <Turn from={view.first} />
                <Week
                  of={view}
                  mayRemove={page.reason('remove', 'OnCallShift') === undefined}
                  mayHandOver={set === undefined}
                />
              </Stack>
            </Section>
          </>
        ) : (
          <Teach approvers={view.approvers?.length ?? null} add={add} />
        )}
      </Stack>
    </Page>
  );
}

function Duty({ of: { now, next, approvers } }: { of: OnCallView }) {
  const people = (of: OnCallView['now']) => [...new Set(of.map(({ person }) => person.name))].join(', ');
  const last = now
    .map(({ until }) => until)
    .sort()
    .at(-1);
  return (
    <Figures>
      <Figure
        label="On call now"
        value={now.length > 0 ? people(now) : 'Nobody'}
        unit={
          last
            ? `until ${whenWords(last)} UTC`
            : approvers && approvers.length > 0
              ? `requests go to ${allOf(approvers.length)}`
              : undefined
        }
        tone={now.length > 0 ? undefined : 'notice'}
      />
      <Figure
        label="Next"
        value={next.length > 0 ? people(next) : 'Nobody'}
        unit={next[0] ? `from ${whenWords(next[0].from)} UTC` : undefined}
      />
    </Figures>
  );
}

function Teach({ approvers, add }: { approvers: number | null; add: ReactNode }) {
  return (
    <Empty title="Nobody is on call" action={add}>
      {approvers ? `Requests that need an on-call approver go to ${allOf(approvers)} at once. ` : ''}
      With a shift, whoever is on call is told first, and everybody else when there is no answer within the minutes of
      the policy. {approvers === 0 ? 'The committee designates on-call approvers; nobody is one yet.' : ''}
    </Empty>
  );
}

/** A week back, today, a week on. */
function Turn({ from }: { from: string }) {
  const to = (ms: number) => `/staff/on-call?week=${new Date(Date.parse(from) + ms).toISOString().slice(0, 10)}`;
  return (
    <Row gap={2}>
      <ButtonLink href={to(-WEEK_MS)} size="sm">
        Earlier
      </ButtonLink>
      <ButtonLink href="/staff/on-call" size="sm">
        Today
      </ButtonLink>
      <ButtonLink href={to(WEEK_MS)} size="sm">
        Later
      </ButtonLink>
    </Row>
  );
}
