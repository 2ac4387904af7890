/** Legal holds: those in force, and those that were released. */
import { Empty } from '@/app/_ui/empty';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { HoldView, Person } from '@/lib/audit-retention/schemas';
import type { KeepingProps } from './keeping';
import { KeepingAct } from './keeping-acts';
import { holdOn } from './words';

export const nameOf = ({ id, name }: Person) => <bdi>{name ?? id}</bdi>;

export function Holds({ view, actions, hidden, reasons }: KeepingProps) {
  return (
    <Table
      label="Legal holds"
      edge
      density="row"
      rows={view.holds}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'on',
          head: 'Keeps',
          grow: true,
          cell: (hold) => (
            <NameCell name={holdOn(hold)} more={<bdi title={hold.reason}>{hold.reason}</bdi>} under={hold.reason} />
          ),
        },
        { id: 'by', head: 'Set by', hide: true, cell: ({ setBy }) => nameOf(setBy) },
        { id: 'when', head: 'Set', tight: true, hide: true, cell: ({ setAt }) => <Time at={setAt} mode="exact" /> },
        { id: 'state', head: 'State', tight: true, cell: (hold) => <HoldState {...hold} /> },
        {
          id: 'act',
          head: 'Release',
          cell: (hold) =>
            hold.releasedAt ? null : (
              <KeepingAct
                action={actions.release}
                hidden={{ ...hidden, hold: hold.id }}
                label={hold.askedBy ? 'Agree…' : 'Ask…'}
                title={hold.askedBy ? 'Release the hold' : 'Ask to release the hold'}
                act={hold.askedBy ? 'Release hold' : 'Ask for release'}
                reason={
                  reasons.release ??
                  (hold.askedBy?.id === view.reader ? 'You asked: another person agrees.' : undefined)
                }
              >
                <p>
                  {holdOn(hold)}: {hold.reason}
                </p>
                <p className="quiet">
                  {hold.askedBy
                    ? 'What it keeps may be pruned and erased from then on.'
                    : 'It stays in force until another person agrees.'}
                </p>
              </KeepingAct>
            ),
        },
      ]}
      menu={({ id }) => [{ label: 'Copy ID', copy: id }]}
      empty={
        <Empty compact title="No holds">
          Records are kept for their periods, and no longer by a hold.
        </Empty>
      }
    />
  );
}

function HoldState({ releasedAt, askedBy }: HoldView) {
  if (releasedAt) return <Status state="closed" word="Released" />;
  return askedBy ? (
    <Status state="waiting" word="In force, release asked" />
  ) : (
    <Status state="enforced" word="In force" />
  );
}
