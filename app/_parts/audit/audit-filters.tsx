/** Filters of an audit log: what kind of event, how it ended, who, and from which day to which. */
import { Filters } from '@/app/_ui/filters';
import type { Params } from '@/app/_ui/query';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import { DayRange } from './day-range';

export interface AuditFiltersProps {
  path: string;
  params: Params;
  filter: AuditFilter;
  /** Event names; the menu offers their first parts. */
  events: readonly string[];
  people?: readonly { id: string; name: string }[];
  projects?: readonly { id: string; name: string }[];
}

const OUTCOMES = [
  { label: 'Done', value: 'success' },
  { label: 'Refused', value: 'refused' },
  { label: 'Failed', value: 'failed' },
];

export function AuditFilters({ path, params, filter, events, people = [], projects = [] }: AuditFiltersProps) {
  const subjects = [...new Set(events.map((event) => event.split('.')[0] ?? event))];
  const nameOf = (list: readonly { id: string; name: string }[], id: string) =>
    list.find((one) => one.id === id)?.name ?? id;
  const chips = [
    ...(filter.event ? [{ key: 'Event', value: filter.event, param: 'event' }] : []),
    ...(filter.outcome
      ? [{ key: 'Outcome', value: OUTCOMES.find(({ value }) => value === filter.outcome)?.label, param: 'outcome' }]
      : []),
    ...(filter.actor ? [{ key: 'Who', value: nameOf(people, filter.actor), param: 'actor' }] : []),
    ...(filter.project ? [{ key: 'Project', value: nameOf(projects, filter.project), param: 'project' }] : []),
    ...(filter.act ? [{ key: 'Act', value: `${filter.act.slice(0, 8)}…`, param: 'act' }] : []),
    ...(filter.from ? [{ key: 'From', value: filter.from, param: 'from' }] : []),
    ...(filter.to ? [{ key: 'Before', value: filter.to, param: 'to' }] : []),
  ];
  const options = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => ({ label: name, value: id }));
  return (
    <Filters
      path={path}
      params={params}
      chips={chips}
      add={[
        { label: 'Event', param: 'event', options: subjects.map((subject) => ({ label: subject, value: subject })) },
        { label: 'Outcome', param: 'outcome', options: OUTCOMES },
        ...(people.length > 0 ? [{ label: 'Who', param: 'actor', options: options(people) }] : []),
        ...(projects.length > 0 ? [{ label: 'Project', param: 'project', options: options(projects) }] : []),
      ]}
      aside={<DayRange path={path} params={params} from={filter.from} to={filter.to} />}
    />
  );
}
