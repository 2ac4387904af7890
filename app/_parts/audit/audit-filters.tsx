/** Filters of an audit log: what kind of event, how it ended, who, on what, and from which day to which. */
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
}

export function AuditFilters({ path, params, filter, events, people, projects }: AuditFiltersProps) {
  const options = (list: Named) => list.map(({ id, name }) => ({ label: name, value: id }));
  return (
    <Filters
      path={path}
      params={params}
      chips={chipsOf(filter, people, projects)}
      add={[
        { label: 'Event', param: 'event', options: eventOptions(events) },
        {
          label: 'Outcome',
          param: 'outcome',
          options: Object.entries(OUTCOMES).map(([value, { word }]) => ({ value, label: word })),
        },
        ...(people.length > 0 ? [{ label: 'Who', param: 'actor', options: options(people) }] : []),
        ...(projects.length > 0 ? [{ label: 'Project', param: 'project', options: options(projects) }] : []),
      ]}
      aside={<DayRange path={path} params={params} from={filter.from} to={filter.to} />}
    />
  );
}

function chipsOf(
  { event, outcome, actor, project, act, from, to }: AuditFilter,
  people: Named,
  projects: Named,
): FilterChip[] {
  const all: (FilterChip | undefined)[] = [
    event ? { key: 'Event', value: event, param: 'event' } : undefined,
    outcome ? { key: 'Outcome', value: OUTCOMES[outcome].word, param: 'outcome' } : undefined,
    actor ? { key: 'Who', value: nameOf(people, actor) ?? cutMiddle(actor), param: 'actor' } : undefined,
    project ? { key: 'Project', value: nameOf(projects, project) ?? cutMiddle(project), param: 'project' } : undefined,
    act ? { key: 'Act', value: cutMiddle(act), param: 'act' } : undefined,
    from ? { key: 'From', value: from, param: 'from' } : undefined,
    to ? { key: 'Before', value: to, param: 'to' } : undefined,
  ];
  return all.filter((chip) => chip !== undefined);
}
