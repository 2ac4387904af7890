import type { FormAction } from '@/app/_ui/form-state';
import { withParams } from '@/app/_ui/query';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import { listViews, type Viewer } from '@/lib/audit-views';
import { SavedViews } from './saved-views';

export interface ViewsProps {
  viewer: Viewer;
  path: string;
  /** Parameters of the page that are no filters. */
  keep?: Readonly<Record<string, string>>;
  filter: AuditFilter;
  /** Whether shared views of others may be taken away. */
  manages: boolean;
  save: FormAction;
  remove: FormAction;
}

/** The saved views of whoever reads a log. */
export async function Views({ viewer, path, keep = {}, filter, manages, save, remove }: ViewsProps) {
  const views = await listViews(viewer);
  return (
    <SavedViews
      organisationId={viewer.kind === 'member' ? viewer.organisationId : null}
      views={views.map(({ id, name, filter: conditions, shared, own }) => ({
        id,
        name,
        href: withParams(path, { ...keep, ...conditionsOf(conditions) }, {}),
        shared,
        removable: own || (shared && manages),
      }))}
      filter={conditionsOf(filter)}
      save={save}
      remove={remove}
    />
  );
}

const conditionsOf = ({ cursor: _, ...filter }: AuditFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
