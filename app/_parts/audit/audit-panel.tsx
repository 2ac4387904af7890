/** One event whole: what the header says, every field, and what was erased since. */
import { UrlPanel } from '@/app/_parts/url-panel';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Id } from '@/app/_ui/id';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { AuditView } from '@/lib/audit-log/schemas';
import { Actor, Outcome } from './audit-table';

export interface AuditPanelProps {
  event: AuditView;
  closeHref: string;
  /** All events of the same act, in this log. */
  actHref: string;
  /** The moment first as exact UTC, as auditors read it. */
  exact?: boolean;
}

export function AuditPanel({ event, closeHref, actHref, exact = false }: AuditPanelProps) {
  const altered = event.fields.some(({ state }) => state === 'altered');
  return (
    <UrlPanel title={event.sentence} lede={<Mono>{event.event}</Mono>} closeHref={closeHref}>
      <Stack gap={5}>
        {altered ? (
          <Note tone="danger" title="A value does not fit its commitment.">
            No rightful change of the log can cause this. Keep a copy of this page and tell whoever runs the log.
          </Note>
        ) : null}
        <DefinitionList
          ruled
          items={[
            { term: 'When', value: <Time at={event.at} mode="exact" /> },
            ...(exact ? [] : [{ term: 'Ago', value: <Time at={event.at} /> }]),
            { term: 'Who', value: <Actor of={event.actor} /> },
            { term: 'Pseudonym', value: <Id value={event.actor.pseudonym} label="pseudonym" /> },
            { term: 'Outcome', value: <Outcome of={event.outcome} /> },
            {
              term: 'Object',
              value: (
                <Row gap={2}>
                  {event.object.type}
                  {event.object.id ? <Id value={event.object.id} label="object ID" /> : null}
                </Row>
              ),
            },
            ...(event.projectId ? [{ term: 'Project', value: <Id value={event.projectId} label="project ID" /> }] : []),
          ]}
        />
        <Section title="Fields" note={event.fields.length === 0 ? 'none' : undefined}>
          {event.fields.length === 0 ? (
            <p className="quiet">This kind of event has no fields beyond its header.</p>
          ) : (
            <DefinitionList
              ruled
              items={event.fields.map((field) => ({ term: field.name, value: <FieldValue field={field} /> }))}
            />
          )}
        </Section>
        <p className="small quiet">
          Personal values are kept beside the event and can be erased; the event keeps only a commitment to each.
        </p>
        <DefinitionList
          ruled
          items={[
            { term: 'Event', value: <Id value={event.id} label="event ID" /> },
            {
              term: 'Act',
              value: (
                <a className="link" href={actHref}>
                  Everything of this act
                </a>
              ),
            },
          ]}
        />
      </Stack>
    </UrlPanel>
  );
}

function FieldValue({ field }: { field: AuditView['fields'][number] }) {
  if (field.state === 'erased') return <Status state="closed" word="Erased" />;
  if (field.state === 'altered') return <Status state="failed" word="Does not fit its commitment" />;
  return (
    <span dir="auto" className="strong">
      {readable(field.value)}
      {field.personal ? <span className="quiet small"> personal</span> : null}
    </span>
  );
}

/** Lists come as JSON; people read them with commas. */
function readable(value: string): string {
  if (value === '' || value === 'null') return '–';
  if (!value.startsWith('[')) return value;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.map(String).join(', ') || 'none' : value;
  } catch {
    return value;
  }
}
