import { Empty } from '@/app/_ui/empty';
import { formatSpan } from '@/app/_ui/format';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { FindingView } from '@/lib/identity';
import { doneAbout, kindOf, sourceOf } from './words';

/** Attacks, latest first: what, from where, how much, and what was done about it. */
export function FindingsTable({ findings, now }: { findings: readonly FindingView[]; now: number }) {
  const active = ({ activeUntil }: FindingView) => Date.parse(activeUntil) > now;
  return (
    <Table
      label="Attacks"
      density="tall"
      edge
      rows={findings}
      rowKey={({ id }) => id}
      tone={(finding) => (active(finding) ? 'motion' : undefined)}
      columns={[
        {
          id: 'kind',
          head: 'Attack',
          cell: (finding) => <NameCell name={kindOf(finding)} under={sourceOf(finding)} />,
        },
        { id: 'source', head: 'From', hide: true, cell: sourceOf },
        {
          id: 'accounts',
          head: 'Accounts',
          align: 'num',
          cell: ({ accounts, unknown }) => (
            <span title={`${unknown} of them do not exist`}>
              <Num value={accounts} />
            </span>
          ),
        },
        {
          id: 'failures',
          head: 'Failures',
          align: 'num',
          hide: true,
          cell: ({ failures }) => <Num value={failures} />,
        },
        {
          id: 'window',
          head: 'Within',
          hide: true,
          cell: ({ windowSeconds }) => formatSpan(windowSeconds * 1000),
        },
        { id: 'first', head: 'Found', hide: true, cell: ({ firstAt }) => <Time at={firstAt} /> },
        { id: 'done', head: 'What was done', grow: true, hide: true, quiet: true, cell: doneAbout },
        {
          id: 'state',
          head: 'State',
          cell: (finding) =>
            active(finding) ? (
              <Status state="live" word="Defending" />
            ) : (
              <Status state="closed" word="Over" detail={<Time at={finding.lastAt} />} />
            ),
        },
      ]}
      empty={
        <Empty title="No attack found" compact>
          Failures are looked at together every few seconds. What points to a spray, to stuffing or to many sources at
          one account stands here for 90 days, and in the provider log for good.
        </Empty>
      }
    />
  );
}
