/** Filters of an audit log: what kind of event, how it ended, who, on what, and from which day to which. */
import type { ReactNode } from 'react';
import { type FilterChip, Filters } from '@/app/_ui/filters';
import { cutMiddle } from '@/app/_ui/format';
import type { Params } from '@/app/_ui/query';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import { DayRange } from './day-range';
import { eventOptions, type Named, nameOf, OUTCOMES } from './words';

export interface AuditFiltersProps {
  path: string;
  params: Params;
  filter: AuditFilter;
  /** Names of events. */
  events: readonly string[];
  people: Named;
  projects: Named;
  /** Saved views. */
  views?: ReactNode;
}

export function AuditFilters({ path, params, filter, events, people, projects, views }: AuditFiltersProps) {
  const options = (list: Named) => list.map(({ id, name }) => ({ label: name, value: id }));
  return (
    <Filters
      path={path}
      params={params}
      search={{ name: 'q', value: filter.q, placeholder: 'Words of fields, or an ID' }}
      chips={chipsOf(filter, people, projects)}
      add={[
        { label: 'Event', param: 'event', options: eventOptions(events) },
        {
          label: 'Outcome',
          param: 'outcome',
          options: Object.entries(OUTCOMES).map(([value, { word }]) => ({ value, label: word })),
        },
        ...(people.length > 0 ? [{ label: 'Who', param: 'actor', options: options(people) }] : []),
        { label: 'Object', param: 'object', options: OBJECTS.map((kind) => ({ label: kind, value: kind })) },
        ...(projects.length > 0 ? [{ label: 'Project', param: 'project', options: options(projects) }] : []),
      ]}
      aside={
        <>
          <DayRange path={path} params={params} from={filter.from} to={filter.to} />
          {views}
        </>
      }
    />
  );
}

/** Kinds of objects to choose from; an id comes by the link at an event. */
const OBJECTS = ['project', 'membership', 'invitation', 'api-key', 'user', 'session', 'audit-log', 'audit-export'];

const shownTime = (text: string): string => `${text.replace('T', ' ')} UTC`;

function chipsOf(
  { event, outcome, actor, project, object, act, from, to }: AuditFilter,
  people: Named,
  projects: Named,
): FilterChip[] {
  const all: (FilterChip | undefined)[] = [
    event ? { key: 'Event', value: event, param: 'event' } : undefined,
    outcome ? { key: 'Outcome', value: OUTCOMES[outcome].word, param: 'outcome' } : undefined,
    actor ? { key: 'Who', value: nameOf(people, actor) ?? cutMiddle(actor), param: 'actor' } : undefined,
    project ? { key: 'Project', value: nameOf(projects, project) ?? cutMiddle(project), param: 'project' } : undefined,
    object ? { key: 'Object', value: cutMiddle(object, 16), param: 'object' } : undefined,
    act ? { key: 'Act', value: cutMiddle(act), param: 'act' } : undefined,
    from ? { key: 'From', value: shownTime(from), param: 'from' } : undefined,
    to ? { key: 'Before', value: shownTime(to), param: 'to' } : undefined,
  ];
  return all.filter((chip) => chip !== undefined);
}
