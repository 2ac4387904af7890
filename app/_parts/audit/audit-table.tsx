/** Events of an audit log, newest first; a row opens the event beside the list. */
import type { ReactNode } from 'react';
import { formatDate } from '@/app/_ui/format';
import { type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { type Column, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { AuditView } from '@/lib/audit-log/schemas';

export interface AuditTableProps {
  path: string;
  params: Params;
  events: readonly AuditView[];
  /** Id of the event shown in the panel. */
  open?: string;
  /** Auditors read clock times with milliseconds, in UTC; everybody else how long ago it was. */
  exact?: boolean;
  empty: ReactNode;
  foot?: ReactNode;
}

const OUTCOMES = {
  success: { state: 'enforced', word: 'Done' },
  refused: { state: 'refused', word: 'Refused' },
  failed: { state: 'failed', word: 'Failed' },
} as const;

export const Outcome = ({ of }: { of: AuditView['outcome'] }) => <Status {...OUTCOMES[of]} />;

const KINDS: Readonly<Record<string, string>> = {
  member: 'Member',
  staff: 'Provider',
  'api-key': 'API key',
  edge: 'Edge',
  system: 'System',
  anonymous: 'Nobody signed in',
};

/** Who did it: the name where the reader may know it, else what kind of actor and the pseudonym. */
export function Actor({ of }: { of: AuditView['actor'] }) {
  const kind = KINDS[of.kind] ?? of.kind;
  if (of.name) return <span dir="auto">{of.name}</span>;
  if (of.kind === 'anonymous' || of.kind === 'system') return <>{kind}</>;
  return (
    <>
      {kind} <Mono>{of.pseudonym.slice(0, 8)}</Mono>
    </>
  );
}

/** `fence.changed@1` is read without its version; the panel has the whole name. */
const eventName = (event: string) => event.replace(/@\d+$/, '');

export function AuditTable({ path, params, events, open, exact = false, empty, foot }: AuditTableProps) {
  const columns: Column<AuditView>[] = [
    {
      id: 'at',
      head: exact ? 'Time, UTC' : 'When',
      tight: true,
      cell: ({ at }) => <Time at={at} mode={exact ? 'clock' : 'relative'} />,
    },
    {
      id: 'what',
      head: 'What happened',
      grow: true,
      strong: true,
      cell: ({ sentence }) => <span title={sentence}>{sentence}</span>,
    },
    { id: 'who', head: 'Who', cell: ({ actor }) => <Actor of={actor} /> },
    { id: 'event', head: 'Event', hide: true, quiet: true, cell: ({ event }) => <Mono>{eventName(event)}</Mono> },
    { id: 'outcome', head: 'Outcome', hide: true, tight: true, cell: ({ outcome }) => <Outcome of={outcome} /> },
  ];
  return (
    <Table
      label="Events"
      columns={columns}
      rows={events}
      rowKey={({ id }) => id}
      edge
      href={({ id }) => withEvent(path, params, id)}
      selected={({ id }) => id === open}
      tone={({ outcome }) => (outcome === 'failed' ? 'fail' : undefined)}
      group={exact ? ({ at }) => formatDate(at) : undefined}
      empty={empty}
      foot={foot}
    />
  );
}

/** The page as it is, with this event beside it (null: none). Keeps the place in the list, unlike a change of filters. */
export function withEvent(path: string, params: Params, id: string | null): string {
  const { cursor } = params;
  return withParams(path, params, { open: id, cursor: typeof cursor === 'string' ? cursor : null });
}
