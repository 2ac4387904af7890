/** Sampled events, oldest first, each with its act: how it was confirmed, and what else the act did. */
import { Empty } from '@/app/_ui/empty';
import { formatDate } from '@/app/_ui/format';
import { type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { JoinedView } from '@/lib/audit-log/schemas';
import { eventName, kindOf, OUTCOMES } from './words';

const FACTORS: Readonly<Record<string, string>> = { passkey: 'Passkey', totp: 'Code' };

/** `log`: path of the log, to which a row's act leads; `keep`: parameters of it that are no filters. */
export function SampleTable({ events, log, keep }: { events: readonly JoinedView[]; log: string; keep: Params }) {
  return (
    <Table
      label="Sampled events"
      edge
      rows={events}
      rowKey={({ id }) => id}
      group={({ at }) => formatDate(at)}
      href={({ actId, id }) => withParams(log, keep, { act: actId, row: id })}
      columns={[
        { id: 'at', head: 'Time, UTC', tight: true, strong: true, cell: ({ at }) => <Time at={at} mode="clock" /> },
        { id: 'what', head: 'What happened', grow: true, link: true, cell: ({ sentence }) => sentence },
        { id: 'event', head: 'Event', hide: true, quiet: true, cell: ({ event }) => <Mono>{eventName(event)}</Mono> },
        { id: 'who', head: 'Who', hide: true, cell: ({ actor }) => <bdi>{actor.name ?? kindOf(actor.kind)}</bdi> },
        {
          id: 'confirmed',
          head: 'Confirmed',
          hide: true,
          cell: ({ confirmed, actor }) =>
            actor.kind === 'api-key' ? (
              <span className="quiet">by its scope</span>
            ) : confirmed ? (
              (FACTORS[confirmed.factor] ?? confirmed.factor)
            ) : (
              <span className="quiet">not recorded</span>
            ),
        },
        {
          id: 'others',
          head: 'Same act',
          hide: true,
          quiet: true,
          cell: ({ others }) => (others.length === 0 ? 'alone' : others.map(eventName).join(', ')),
        },
        { id: 'outcome', head: 'Outcome', tight: true, cell: ({ outcome }) => <Status {...OUTCOMES[outcome]} /> },
      ]}
      empty={<Empty title="Nothing to show">None of the sampled events is within what you see now.</Empty>}
    />
  );
}
