/** Events of an audit log, newest first, by day; times are UTC. A row opens the event beside the list. */
import type { ReactNode } from 'react';
import { cutMiddle, formatDate } from '@/app/_ui/format';
import { type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { AuditView } from '@/lib/audit-log/schemas';
import { proofWords } from './proof-words';
import { eventName, kindOf, type Named, nameOf, OUTCOMES } from './words';

export interface AuditTableProps {
  path: string;
  /** Path of the log where acts and objects are looked up, where it is another. */
  acts?: string;
  params: Params;
  /** Parameters of the page that are no filters. */
  keep: Params;
  events: readonly AuditView[];
  projects: Named;
  cursor?: string;
  empty: ReactNode;
  foot: ReactNode;
}

export function AuditTable({
  path,
  acts = path,
  params,
  keep,
  events,
  projects,
  cursor,
  empty,
  foot,
}: AuditTableProps) {
  return (
    <Table
      label="Events"
      edge
      rows={events}
      rowKey={({ id }) => id}
      group={({ at }) => formatDate(at)}
      href={({ id }) => withParams(path, params, { row: id, cursor: cursor ?? null })}
      selected={({ id }) => id === params.row}
      tone={({ outcome, proof }) => (outcome === 'failed' || proof?.state === 'altered' ? 'fail' : undefined)}
      columns={[
        { id: 'at', head: 'Time, UTC', tight: true, strong: true, cell: ({ at }) => <Time at={at} mode="clock" /> },
        {
          id: 'what',
          head: 'What happened',
          grow: true,
          link: true,
          cell: ({ sentence, ofAct }) =>
            ofAct && ofAct > 1 ? (
              <>
                {sentence} <span className="quiet small">1 of {ofAct}</span>
              </>
            ) : (
              sentence
            ),
        },
        { id: 'event', head: 'Event', hide: true, quiet: true, cell: ({ event }) => <Mono>{eventName(event)}</Mono> },
        { id: 'who', head: 'Who', hide: true, cell: ({ actor }) => <Who actor={actor} /> },
        {
          id: 'object',
          head: 'Object',
          hide: true,
          quiet: true,
          cell: ({ object, projectId }) => (
            <ObjectCell type={object.type} project={projectId ? nameOf(projects, projectId) : undefined} />
          ),
        },
        { id: 'outcome', head: 'Outcome', tight: true, cell: ({ outcome }) => <Status {...OUTCOMES[outcome]} /> },
        {
          id: 'proof',
          head: 'Log',
          tight: true,
          hide: true,
          cell: ({ proof }) => (proof ? <Proof proof={proof} /> : null),
        },
      ]}
      menu={({ actId, ofAct, object }) => [
        ...(object.id
          ? [
              {
                label: 'All events of this object',
                icon: 'filter' as const,
                href: withParams(acts, keep, { object: object.id }),
              },
            ]
          : []),
        {
          label: ofAct && ofAct > 1 ? `${ofAct} events of this act` : 'This act',
          icon: 'filter',
          href: withParams(acts, keep, { act: actId }),
        },
      ]}
      empty={empty}
      foot={foot}
    />
  );
}

/** The place alone; the rest is on hover, and beside the opened event. */
function Proof({ proof }: { proof: NonNullable<AuditView['proof']> }) {
  const { glyph, word, says } = proofWords(proof);
  return (
    <span title={says}>
      <Status state={glyph} word={word} />
    </span>
  );
}

function Who({ actor: { name, kind, pseudonym } }: Pick<AuditView, 'actor'>) {
  if (name) return <bdi>{name}</bdi>;
  if (kind === 'anonymous' || kind === 'system') return <>{kindOf(kind)}</>;
  return (
    <>
      {kindOf(kind)} <Mono quiet>{cutMiddle(pseudonym, 4, 2)}</Mono>
    </>
  );
}

function ObjectCell({ type, project }: { type: string; project?: string }) {
  if (!project) return <>{type}</>;
  return (
    <>
      {type}, <bdi>{project}</bdi>
    </>
  );
}
