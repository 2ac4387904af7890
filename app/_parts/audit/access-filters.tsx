/** Filters of access records: which kind, whose, and when. */
import { type FilterChip, Filters } from '@/app/_ui/filters';
import { cutMiddle } from '@/app/_ui/format';
import type { Params } from '@/app/_ui/query';
import type { AccessFilter, AccessKind } from '@/lib/audit-log/schemas';
import { DayRange } from './day-range';
import { type Named, nameOf } from './words';

const KINDS: Readonly<Record<AccessKind, string>> = {
  'sign-ins': 'Sign-ins and factors',
  members: 'Roles and invitations',
  keys: 'API keys',
  log: 'Reads and exports of the log',
  refusals: 'Refusals',
  staff: 'The provider’s staff',
};

export interface AccessFiltersProps {
  path: string;
  params: Params;
  filter: AccessFilter;
  people: Named;
}

export function AccessFilters({ path, params, filter: { kind, actor, from, to }, people }: AccessFiltersProps) {
  const chips: (FilterChip | undefined)[] = [
    kind ? { key: 'Kind', value: KINDS[kind], param: 'kind' } : undefined,
    actor ? { key: 'Who', value: nameOf(people, actor) ?? cutMiddle(actor), param: 'actor' } : undefined,
    from ? { key: 'From', value: `${from.replace('T', ' ')} UTC`, param: 'from' } : undefined,
    to ? { key: 'Before', value: `${to.replace('T', ' ')} UTC`, param: 'to' } : undefined,
  ];
  return (
    <Filters
      path={path}
      params={params}
      chips={chips.filter((chip) => chip !== undefined)}
      add={[
        { label: 'Kind', param: 'kind', options: Object.entries(KINDS).map(([value, label]) => ({ value, label })) },
        ...(people.length > 0
          ? [{ label: 'Who', param: 'actor', options: people.map(({ id, name }) => ({ label: name, value: id })) }]
          : []),
      ]}
      aside={<DayRange path={path} params={params} from={from} to={to} />}
    />
  );
}
