import type { ReactNode } from 'react';
import { cutMiddle, formatDate } from '@/app/_ui/format';
import { type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { AuditView } from '@/lib/audit-log/schemas';
import { eventName, kindOf, OUTCOMES } from './view';

export interface EventsTableProps {
  events: readonly AuditView[];
  projects: Readonly<Record<string, string>>;
  path: string;
  params: Params;
  cursor?: string;
  empty: ReactNode;
  foot: ReactNode;
}

export function EventsTable({ events, projects, path, params, cursor, empty, foot }: EventsTableProps) {
  const rowHref = ({ id }: AuditView) => withParams(path, params, { row: id, cursor: cursor ?? null });
  return (
    <Table
      label="Events"
      edge
      rows={events}
      rowKey={({ id }) => id}
      group={({ at }) => formatDate(at)}
      href={rowHref}
      selected={({ id }) => id === params.row}
      columns={[
        { id: 'at', head: 'Time, UTC', tight: true, strong: true, cell: ({ at }) => <Time at={at} mode="clock" /> },
        { id: 'what', head: 'What happened', grow: true, link: true, cell: ({ sentence }) => sentence },
        { id: 'event', head: 'Event', hide: true, quiet: true, cell: ({ event }) => <Mono>{eventName(event)}</Mono> },
        { id: 'who', head: 'Who', hide: true, cell: ({ actor }) => <Who actor={actor} /> },
        {
          id: 'object',
          head: 'Object',
          hide: true,
          quiet: true,
          cell: (event) => <ObjectCell event={event} projects={projects} />,
        },
        { id: 'outcome', head: 'Outcome', tight: true, cell: ({ outcome }) => <Status {...OUTCOMES[outcome]} /> },
      ]}
      menu={(event) => [
        { label: 'All events of this act', icon: 'filter', href: withParams(path, {}, { act: event.actId }) },
      ]}
      empty={empty}
      foot={foot}
    />
  );
}

function Who({ actor: { name, kind, pseudonym } }: Pick<AuditView, 'actor'>) {
  if (name) return <bdi>{name}</bdi>;
  return (
    <>
      {kindOf(kind)} <Mono quiet>{cutMiddle(pseudonym, 4, 2)}</Mono>
    </>
  );
}

function ObjectCell({
  event: { object, projectId },
  projects,
}: {
  event: AuditView;
  projects: Readonly<Record<string, string>>;
}) {
  const project = projectId ? projects[projectId] : undefined;
  return (
    <>
      {object.type}
      {project ? (
        <>
          , <bdi>{project}</bdi>
        </>
      ) : null}
    </>
  );
}
