import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { readLocks } from '@/lib/grants';
import { staff } from '../../_frame/door';
import { LiftLock, SetLock } from './lock-acts';
import { KIND_WORDS } from './words';

export const metadata: Metadata = { title: 'Locks' };

export default async function LocksPage() {
  const page = await staff();
  const locks = await readLocks({ secret: page.secret });
  const lift = page.reason('lift', 'AccessLock');
  return (
    <Page>
      <PageHead
        title="Locks"
        count={locks.filter(({ liftedAt }) => liftedAt === null).length}
        lede="A lock keeps somebody away from production, or everybody away from something, whatever was granted."
        acts={<SetLock reason={page.reason('set', 'AccessLock')} />}
      />
      <Table
        label="Locks"
        density="row"
        edge
        rows={locks}
        rowKey={({ id }) => id}
        tone={({ liftedAt }) => (liftedAt === null ? 'gap' : undefined)}
        columns={[
          {
            id: 'what',
            head: 'On',
            grow: true,
            cell: ({ kind, subject, reason }) => (
              <NameCell name={KIND_WORDS[kind]} more={subject || undefined} under={reason} />
            ),
          },
          { id: 'why', head: 'Why', hide: true, grow: true, cell: ({ reason }) => reason },
          { id: 'by', head: 'Set by', hide: true, cell: ({ setBy }) => setBy.name },
          { id: 'at', head: 'Set', hide: true, cell: ({ setAt }) => <Time at={setAt} /> },
          {
            id: 'state',
            head: 'State',
            tight: true,
            cell: ({ liftedAt, liftedBy }) =>
              liftedAt === null ? (
                <Status state="refused" word="Locked" />
              ) : (
                <Status state="closed" word="Lifted" detail={liftedBy?.name} />
              ),
          },
          {
            id: 'act',
            head: <span className="sr">Lift</span>,
            align: 'num',
            tight: true,
            cell: ({ id, liftedAt }) => (liftedAt === null ? <LiftLock lock={id} reason={lift} /> : null),
          },
        ]}
        empty={
          <Empty title="Nothing is locked">
            A lock is the fastest way to close production to somebody, or to everybody.
          </Empty>
        }
      />
    </Page>
  );
}
