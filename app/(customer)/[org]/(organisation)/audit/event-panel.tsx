'use client';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import type { MouseEvent, ReactNode } from 'react';
import { DefinitionList } from '@/app/_ui/definition-list';
import { SidePanel } from '@/app/_ui/dialog';
import { formatExact } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { Status } from '@/app/_ui/status';
import { Tag } from '@/app/_ui/tag';
import { Mono } from '@/app/_ui/text';
import type { AuditView } from '@/lib/audit-log/schemas';
import { kindOf, OUTCOMES } from './view';

export interface EventRowsProps {
  events: readonly AuditView[];
  /** Project names by id, as far as the reader sees them. */
  projects: Readonly<Record<string, string>>;
  path: string;
  children: ReactNode;
}

/**
 * The rows, and the opened one in a panel. The row stands in the URL, but opening it asks the server for nothing: reading the
 * log is itself an event, and one page read once is one event.
 */
export function EventRows({ events, projects, path, children }: EventRowsProps) {
  const params = useSearchParams();
  const row = params.get('row');
  const opened = events.find(({ id }) => id === row);

  function open(event: MouseEvent) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || !(event.target instanceof Element))
      return;
    const link = event.target.closest<HTMLAnchorElement>('a[data-row-link]');
    if (!link) return;
    event.preventDefault();
    window.history.pushState(null, '', link.href);
  }

  function close() {
    const rest = new URLSearchParams(params);
    rest.delete('row');
    window.history.replaceState(null, '', rest.size > 0 ? `${path}?${rest}` : path);
  }

  return (
    <div onClickCapture={open}>
      {children}
      {opened ? (
        <SidePanel
          open
          onOpenChange={(wanted) => (wanted ? undefined : close())}
          title={opened.sentence}
          lede={formatExact(opened.at, true)}
          wide
        >
          <EventDetail event={opened} project={opened.projectId ? projects[opened.projectId] : undefined} path={path} />
        </SidePanel>
      ) : null}
    </div>
  );
}

function EventDetail({ event, project, path }: { event: AuditView; project?: string; path: string }) {
  const { actor, object, outcome, projectId, actId, fields } = event;
  return (
    <Stack gap={5}>
      <DefinitionList
        ruled
        items={[
          { term: 'Outcome', value: <Status {...OUTCOMES[outcome]} /> },
          { term: 'Event', value: <Mono>{event.event}</Mono> },
          {
            term: 'Who',
            value: actor.name ? <bdi>{actor.name}</bdi> : <span className="quiet">Not visible to you, or erased</span>,
          },
          { term: 'Acted as', value: kindOf(actor.kind) },
          { term: 'Pseudonym', value: <Id value={actor.pseudonym} label="pseudonym" /> },
          { term: 'Object', value: object.type },
          ...(object.id ? [{ term: 'Object ID', value: <Id value={object.id} label="object ID" /> }] : []),
          ...(projectId
            ? [{ term: 'Project', value: project ? <bdi>{project}</bdi> : <Id value={projectId} label="project ID" /> }]
            : []),
          { term: 'Event ID', value: <Id value={event.id} label="event ID" /> },
          { term: 'Act', value: <Id value={actId} label="act ID" /> },
        ]}
      />
      {fields.length > 0 ? (
        <section aria-label="Fields">
          <DefinitionList
            ruled
            items={fields.map((field) => ({ term: field.name, value: <FieldValue field={field} /> }))}
          />
        </section>
      ) : null}
      <Link className="link" href={`${path}?act=${encodeURIComponent(actId)}`}>
        All events of this act
      </Link>
      <p className="small quiet">
        Values marked personal are kept beside the record, which holds only a commitment to them. They can be erased;
        the record stays provable.
      </p>
    </Stack>
  );
}

function FieldValue({ field: { value, personal, state } }: { field: AuditView['fields'][number] }) {
  if (state === 'erased') return <Status state="closed" word="Erased" detail={<Tag>Personal</Tag>} />;
  return (
    <>
      {state === 'altered' ? <Status state="failed" word="Does not fit its commitment" /> : null}
      <bdi>
        <Mono wrap>{value}</Mono>
      </bdi>
      {personal ? (
        <>
          {' '}
          <Tag>Personal</Tag>
        </>
      ) : null}
    </>
  );
}
