/** One event whole: what the header says, every field, and what was erased since. */
import Link from 'next/link';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Tag } from '@/app/_ui/tag';
import { Mono } from '@/app/_ui/text';
import type { AuditView } from '@/lib/audit-log/schemas';
import type { LogView } from '@/lib/transparency/schemas';
import { Confirmation } from './confirmation';
import { EventProof } from './event-proof';
import { isConfirmation, kindOf, OUTCOMES, readable, SHOWN_APART } from './words';

export interface AuditEventProps {
  event: AuditView;
  /** Name of its project, where the reader sees it. */
  project?: string;
  /** All events of the same act, in this log. */
  actHref: string;
  /** Where the evidence of a confirmation is downloaded. */
  evidenceHref: string;
  /** Where the proof that the log holds it is downloaded. */
  proofHref: string;
  /** The log it is in. */
  log: LogView;
}

export function AuditEvent({ event, project, actHref, evidenceHref, proofHref, log }: AuditEventProps) {
  const { actor, object, outcome, projectId, actId } = event;
  const confirmation = isConfirmation(event);
  const fields = event.fields.filter(
    ({ name, state }) => !confirmation || state === 'altered' || !SHOWN_APART.includes(name),
  );
  return (
    <Stack gap={5}>
      {fields.some(({ state }) => state === 'altered') ? (
        <Note tone="danger" title="A value does not fit its commitment.">
          No rightful change of the log can cause this. Keep a copy of this page and tell whoever runs the log.
        </Note>
      ) : null}
      <DefinitionList
        ruled
        items={[
          { term: 'Outcome', value: <Status {...OUTCOMES[outcome]} /> },
          { term: 'Event', value: <Mono>{event.event}</Mono> },
          { term: 'Who', value: <Who actor={actor} /> },
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
      {confirmation ? <Confirmation event={event} evidenceHref={evidenceHref} /> : null}
      {event.proof ? <EventProof eventId={event.id} proof={event.proof} log={log} href={proofHref} /> : null}
      <Section title="Fields" note={fields.length === 0 ? 'none' : undefined}>
        {fields.length === 0 ? (
          <p className="quiet">This kind of event has no fields beyond its header.</p>
        ) : (
          <DefinitionList
            ruled
            items={fields.map((field) => ({ term: field.name, value: <FieldValue field={field} /> }))}
          />
        )}
      </Section>
      <Link className="link" href={actHref} prefetch={false}>
        {event.ofAct && event.ofAct > 1 ? `${event.ofAct} events of this act` : 'This act'}
      </Link>
      <p className="small quiet">
        Values marked personal are kept beside the record, which holds only a commitment to them. They can be erased;
        the record stays provable.
      </p>
    </Stack>
  );
}

function Who({ actor: { name, kind } }: Pick<AuditView, 'actor'>) {
  if (name) return <bdi>{name}</bdi>;
  if (kind === 'anonymous' || kind === 'system') return <>{kindOf(kind)}</>;
  return <span className="quiet">Not visible to you, or erased</span>;
}

function FieldValue({ field: { value, personal, state } }: { field: AuditView['fields'][number] }) {
  if (state === 'withheld') return <span className="quiet">Personal, not visible to you</span>;
  if (state === 'erased') return <Status state="closed" word="Erased" detail={<Tag>Personal</Tag>} />;
  return (
    <>
      {state === 'altered' ? <Status state="failed" word="Does not fit its commitment" /> : null}
      <bdi>
        <Mono wrap>{readable(value)}</Mono>
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
