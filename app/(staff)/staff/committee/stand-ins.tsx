/** Who answers requests for whom. */
import { roleWord } from '@/app/_parts/access/words';
import { Empty } from '@/app/_ui/empty';
import type { GlyphState } from '@/app/_ui/glyph';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { DelegationView } from '@/lib/committee/schemas';
import { EndStandIn } from './stand-in-acts';

const STATES: Readonly<Record<DelegationView['state'], { state: GlyphState; word: string }>> = {
  planned: { state: 'planned', word: 'Planned' },
  running: { state: 'live', word: 'Running' },
  idle: { state: 'waiting', word: 'Without effect' },
  ended: { state: 'closed', word: 'Ended early' },
  over: { state: 'closed', word: 'Over' },
};

/** On small screens, instead of columns. */
const Under = ({ of: { by, role, until } }: { of: DelegationView }) => (
  <>
    for {by.name}, {roleWord(role)}, until <Time at={until} mode="exact" />
  </>
);

export function StandIns({ of }: { of: readonly DelegationView[] }) {
  return (
    <Table
      label="Stand-ins"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'who',
          head: 'Who',
          grow: true,
          cell: (one) => <NameCell name={one.to.name} under={<Under of={one} />} />,
        },
        { id: 'for', head: 'For', hide: true, cell: ({ by }) => by.name },
        { id: 'role', head: 'Role', hide: true, cell: ({ role }) => roleWord(role) },
        { id: 'from', head: 'From', hide: true, cell: ({ from }) => <Time at={from} mode="exact" /> },
        { id: 'until', head: 'Until', hide: true, cell: ({ until }) => <Time at={until} mode="exact" /> },
        {
          id: 'state',
          head: 'State',
          tight: true,
          cell: ({ state }) => <Status state={STATES[state].state} word={STATES[state].word} />,
        },
        {
          id: 'act',
          head: <span className="sr">End</span>,
          align: 'num',
          tight: true,
          cell: (one) =>
            one.state === 'ended' || one.state === 'over' ? null : one.closedToReader ? (
              <span className="small quiet only-wide">{one.closedToReader}</span>
            ) : (
              <EndStandIn of={one} />
            ),
        },
      ]}
      menu={({ id }) => [
        { label: 'In the provider log', href: `/staff/log?object=${id}` },
        { label: 'Copy ID', copy: id },
      ]}
      empty={
        <Empty title="Nobody stands in" compact>
          Approvers who are away name somebody who answers for them.
        </Empty>
      }
    />
  );
}
