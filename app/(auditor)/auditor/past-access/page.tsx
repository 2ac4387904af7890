import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import type { Params } from '@/app/_ui/query';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { timeOf } from '@/lib/audit-log/schemas';
import { readPastAccess } from '@/lib/past-access';
import { type PastAccessView, pastMoment } from '@/lib/past-access/schemas';
import { AuditorFrame } from '../../_frame/auditor-frame';
import { type AuditorPage, auditor, slugOf } from '../../_frame/door';
import styles from './past-access.module.css';

const PATH = '/auditor/past-access';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Past access' };
}

export default async function PastAccessPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const page = await auditor(PATH, slugOf(params.organisation));
  return (
    <AuditorFrame page={page} path={PATH}>
      <Then page={page} params={params} />
    </AuditorFrame>
  );
}

async function Then({ page: { organisation, principal }, params }: { page: AuditorPage; params: Params }) {
  const caller = { kind: 'member' as const, secret: principal.secret, organisationId: organisation.id };
  const { at } = pastMoment.parse(params);
  const then = await readPastAccess(caller, at === undefined ? undefined : timeOf(at));
  return (
    <Page>
      <PageHead
        title="Past access"
        count={formatExact(then.at)}
        lede="Who had which role, and which API keys worked, at this moment. Your reading is recorded too."
      />
      <Stack gap={6}>
        <form action={PATH} className={styles.moment} aria-label="Moment, UTC">
          <input type="hidden" name="organisation" value={organisation.slug} />
          <Input
            key={then.at}
            small
            type="datetime-local"
            name="at"
            aria-label="At this time, UTC"
            defaultValue={then.at.slice(0, 16)}
          />
          <Button type="submit" size="sm">
            Show
          </Button>
        </form>
        <Basis then={then} />
        <Members members={then.members} />
        <Keys keys={then.keys} />
        <p className="small quiet">
          What a role or a scope includes stands under{' '}
          <Link className="link" href={`/auditor/who-can-do-what?organisation=${organisation.slug}`}>
            Who can do what
          </Link>
          , as it is today.
        </p>
      </Stack>
    </Page>
  );
}

/** What the page rests on, and what it does not know. */
function Basis({ then: { since, events, policy, gaps, at } }: { then: PastAccessView }) {
  if (since === null || since > at)
    return (
      <Note tone="notice" title="Nothing is recorded of this time.">
        {since === null
          ? 'The log that you see holds no event about access.'
          : `What you see is recorded since ${formatExact(since)}.`}
      </Note>
    );
  return (
    <Stack gap={3}>
      <p>
        Recorded since {formatExact(since)}, in {formatNumber(events)} {events === 1 ? 'event' : 'events'} that you see.{' '}
        {policy
          ? `Security policy in version ${policy.version}, since ${formatExact(policy.since)}.`
          : 'No change of the security policy is recorded until then: its defaults held.'}
      </p>
      {gaps.length > 0 ? (
        <Note tone="notice" title={gaps.length === 1 ? 'The record has a gap.' : `The record has ${gaps.length} gaps.`}>
          <ul>
            {gaps.slice(0, 20).map((gap) => (
              <li key={`${gap.at} ${gap.says}`}>
                {gap.at ? `${formatExact(gap.at)}: ` : ''}
                {gap.says}
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
    </Stack>
  );
}

const Members = ({ members }: Pick<PastAccessView, 'members'>) => (
  <Section title="Members" note={formatNumber(members.length)}>
    <Table
      label="Members at this moment"
      density="row"
      edge
      rows={members}
      rowKey={({ name, since }) => `${name} ${since}`}
      columns={[
        {
          id: 'name',
          head: 'Name',
          grow: true,
          cell: ({ name, since }) => <NameCell name={<bdi>{name}</bdi>} under={`Since ${formatExact(since)}`} />,
        },
        { id: 'role', head: 'Role', cell: ({ role }) => role.charAt(0).toUpperCase() + role.slice(1) },
        { id: 'since', head: 'In this role since', hide: true, cell: ({ since }) => <Time at={since} mode="exact" /> },
        {
          id: 'until',
          head: 'Until',
          hide: true,
          quiet: true,
          cell: ({ until, projects }) =>
            until ? (
              <>
                <Time at={until} mode="exact" />
                {projects ? `, ${projects.length} ${projects.length === 1 ? 'project' : 'projects'}` : ''}
              </>
            ) : (
              '–'
            ),
        },
      ]}
      empty={
        <Empty compact title="Nobody">
          No member is recorded at this moment.
        </Empty>
      }
    />
  </Section>
);

const Keys = ({ keys }: Pick<PastAccessView, 'keys'>) => (
  <Section title="API keys" note={formatNumber(keys.length)}>
    <Table
      label="API keys at this moment"
      density="row"
      edge
      rows={keys}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'name',
          head: 'Key',
          cell: ({ id, name }) => (name ? <bdi>{name}</bdi> : <Id value={id} label="API key ID" />),
        },
        {
          id: 'scopes',
          head: 'Scopes',
          grow: true,
          cell: ({ scopes }) => (
            <span className={styles.scopes}>
              <Mono wrap>{scopes.join(', ')}</Mono>
            </span>
          ),
        },
        { id: 'since', head: 'Made', hide: true, cell: ({ since }) => <Time at={since} mode="exact" /> },
        {
          id: 'until',
          head: 'Expires',
          hide: true,
          quiet: true,
          cell: ({ expiresAt }) => (expiresAt ? <Time at={expiresAt} mode="exact" /> : 'never'),
        },
      ]}
      empty={
        <Empty compact title="No API keys">
          No key that you see is recorded at this moment.
        </Empty>
      }
    />
  </Section>
);
