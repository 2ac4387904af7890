import type { Metadata } from 'next';
import { targetName } from '@/app/_parts/access/words';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { listSessions } from '@/lib/grants';
import type { SessionView } from '@/lib/grants/schemas';
import { staff } from '../../_frame/door';

export const metadata: Metadata = { title: 'Sessions on production' };

export default async function SessionsPage() {
  const page = await staff();
  const sessions = await listSessions({ secret: page.secret });
  return (
    <Page>
      <PageHead
        title="Sessions"
        count={sessions.length}
        acts={<AutoRefresh />}
        lede="Each was confirmed with a passkey for one target. Those on hosts are recorded from before their shell begins; of channels that are watched nothing is recorded."
      />
      <Filters
        path="/staff/sessions/search"
        params={{}}
        search={{ name: 'words', placeholder: 'Find what was on a screen' }}
      />
      <Table
        label="Sessions"
        density="row"
        edge
        rows={sessions}
        rowKey={({ id }) => id}
        href={({ id }) => `/staff/sessions/${id}`}
        tone={(one) => (isLive(one) ? 'motion' : undefined)}
        columns={[
          {
            id: 'target',
            head: 'Target',
            grow: true,
            cell: ({ target, person }) => <NameCell name={targetName(target)} under={person.name} />,
          },
          { id: 'who', head: 'Who', hide: true, cell: ({ person }) => person.name },
          {
            id: 'through',
            head: 'Through',
            hide: true,
            cell: ({ through, channel }) =>
              channel ? `channel ${channel}` : through.startsWith('key ') ? 'own key' : through,
          },
          { id: 'opened', head: 'Confirmed', cell: ({ openedAt }) => <Time at={openedAt} /> },
          { id: 'started', head: 'Began', hide: true, cell: ({ startedAt }) => <Time at={startedAt} /> },
          { id: 'ended', head: 'Ended', hide: true, cell: ({ endedAt }) => <Time at={endedAt} /> },
          { id: 'state', head: 'State', cell: (one) => <State of={one} /> },
        ]}
        empty={<Empty title="No session yet">Whoever has an active grant opens one from its page.</Empty>}
        foot={<Pager shown={sessions.length} noun="sessions" />}
      />
    </Page>
  );
}

const isLive = ({ startedAt, endedAt, active }: SessionView) => startedAt !== null && endedAt === null && active;

/** Before the gateway has said how it ended, it lasts no longer than its grant. */
function State({ of }: { of: SessionView }) {
  if (isLive(of)) return <Status state="live" />;
  if (of.startedAt !== null) return <Status state="closed" word="Ended" />;
  const expired = Date.parse(of.openedAt) + 120_000 < Date.now();
  return expired ? <Status state="none" word="Never begun" /> : <Status state="waiting" word="Confirmed" />;
}
