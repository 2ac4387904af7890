/** Proposals to prune, and what became of them. */
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Row } from '@/app/_ui/layout';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import type { PruningView } from '@/lib/audit-retention/schemas';
import { nameOf } from './holds';
import type { KeepingProps } from './keeping';
import { KeepingAct } from './keeping-acts';
import { classesOf } from './words';

export function Prunings({ view, actions, hidden, reasons }: KeepingProps) {
  return (
    <Table
      label="Prunings"
      edge
      density="row"
      rows={view.prunings}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'what',
          head: 'Records',
          grow: true,
          cell: ({ classes, before, upTo }) => {
            const which = `before ${before.slice(0, 10)}, at places before #${formatNumber(upTo)}`;
            return <NameCell name={classesOf(classes)} more={which} under={which} />;
          },
        },
        { id: 'expected', head: 'Proposed', align: 'num', hide: true, cell: ({ expected }) => formatNumber(expected) },
        { id: 'pruned', head: 'Pruned', align: 'num', cell: ({ pruned }) => formatNumber(pruned) },
        { id: 'held', head: 'Held', align: 'num', hide: true, cell: ({ held }) => formatNumber(held) },
        { id: 'by', head: 'Proposed by', hide: true, cell: ({ proposedBy }) => nameOf(proposedBy) },
        {
          id: 'approved',
          head: 'Approved by',
          hide: true,
          cell: ({ approvedBy }) => (approvedBy ? nameOf(approvedBy) : '–'),
        },
        { id: 'state', head: 'State', tight: true, cell: (one) => <PruningState {...one} /> },
        {
          id: 'act',
          head: 'Decide',
          cell: (one) =>
            one.state === 'proposed' || one.state === 'approved' ? (
              <Row gap={2}>
                {one.state === 'proposed' ? (
                  <KeepingAct
                    action={actions.approve}
                    hidden={{ ...hidden, pruning: one.id }}
                    label="Approve…"
                    title="Approve the pruning"
                    act={`Prune ${formatNumber(one.expected)} records`}
                    reason={
                      reasons.approve ??
                      (one.proposedBy.id === view.reader ? 'Yours: another person approves.' : undefined)
                    }
                  >
                    <p>
                      {classesOf(one.classes)}, written before {one.before.slice(0, 10)}, at places before #
                      {formatNumber(one.upTo)}. {formatNumber(one.expected)} records when it was proposed; holds and
                      periods are looked at again while it runs.
                    </p>
                    <p>What these records say cannot be had back.</p>
                  </KeepingAct>
                ) : null}
                <KeepingAct
                  action={actions.withdraw}
                  hidden={{ ...hidden, pruning: one.id }}
                  label="Stop…"
                  title="Stop the pruning"
                  act="Stop"
                  reason={reasons.withdraw}
                  danger={false}
                >
                  <p>Nothing more goes. What was pruned until then is gone.</p>
                </KeepingAct>
              </Row>
            ) : null,
        },
      ]}
      menu={({ id }) => [{ label: 'Copy ID', copy: id }]}
      empty={
        <Empty compact title="Nothing was pruned">
          Records stay until one person proposes to prune them and another approves.
        </Empty>
      }
    />
  );
}

function PruningState({ state }: PruningView) {
  switch (state) {
    case 'proposed':
      return <Status state="waiting" word="Waiting for approval" />;
    case 'approved':
      return <Status state="applied" word="Pruning" />;
    case 'done':
      return <Status state="closed" word="Done" />;
    case 'withdrawn':
      return <Status state="none" word="Stopped" />;
  }
}
