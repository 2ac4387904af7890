import { withParams } from '@/app/_ui/query';
import { removeViewAction, saveViewAction } from '@/app/(customer)/[org]/(organisation)/audit/actions';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import { listViews } from '@/lib/audit-views';
import type { Caller } from '@/lib/authz';
import { SavedViews } from './saved-views';

/** The saved views of whoever reads an organisation's log. `keep`: parameters of the page that are no filters. */
export async function Views({
  caller,
  path,
  keep = {},
  filter,
  manages,
}: {
  caller: Caller & { kind: 'member' };
  path: string;
  keep?: Readonly<Record<string, string>>;
  filter: AuditFilter;
  /** Whether shared views of others may be taken away. */
  manages: boolean;
}) {
  const views = await listViews(caller);
  return (
    <SavedViews
      organisationId={caller.organisationId}
      views={views.map(({ id, name, filter: conditions, shared, own }) => ({
        id,
        name,
        href: withParams(path, { ...keep, ...conditionsOf(conditions) }, {}),
        shared,
        removable: own || (shared && manages),
      }))}
      filter={conditionsOf(filter)}
      save={saveViewAction}
      remove={removeViewAction}
    />
  );
}

const conditionsOf = ({ cursor: _, ...filter }: AuditFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
