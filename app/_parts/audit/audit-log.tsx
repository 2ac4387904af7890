/** A page of an audit log: filters, events, and the one that is open. Which log, and who may read it, the page around it knows. */
import Link from 'next/link';
import { Empty } from '@/app/_ui/empty';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import type { AuditFilter, AuditPageView } from '@/lib/audit-log/schemas';
import { AuditFilters, type AuditFiltersProps } from './audit-filters';
import { AuditPanel } from './audit-panel';
import { AuditTable, withEvent } from './audit-table';

export interface AuditLogProps extends Pick<AuditFiltersProps, 'events' | 'people' | 'projects'> {
  path: string;
  params: Params;
  filter: AuditFilter;
  page: AuditPageView;
  exact?: boolean;
  /** Parameters of the page that are no filters: the organisation. */
  keep?: Params;
  /** What this log is, for when nothing is in it yet. */
  about: string;
}

export function AuditLog({ path, params, filter, page, exact, about, keep = {}, ...filters }: AuditLogProps) {
  const open = page.events.find(({ id }) => id === params.open);
  const { cursor, ...asked } = filter;
  const filtered = Object.values(asked).some((value) => value !== undefined);
  return (
    <>
      <div className="no-print">
        <AuditFilters path={path} params={params} filter={filter} {...filters} />
      </div>
      <AuditTable
        path={path}
        params={params}
        events={page.events}
        open={open?.id}
        exact={exact}
        empty={<Nothing all={withParams(path, keep, {})} filtered={filtered} about={about} />}
        foot={
          <Pager
            log
            shown={page.events.length}
            noun="events"
            next={page.next ? withParams(path, { ...params, open: undefined }, { cursor: page.next }) : undefined}
            note={
              cursor ? (
                <Link className="link" href={withParams(path, { ...params, open: undefined }, {})}>
                  Back to the newest
                </Link>
              ) : undefined
            }
          />
        }
      />
      {open ? (
        <AuditPanel
          event={open}
          exact={exact}
          closeHref={withEvent(path, params, null)}
          actHref={withParams(path, keep, { act: open.actId })}
        />
      ) : null}
    </>
  );
}

function Nothing({ all, filtered, about }: { all: string; filtered: boolean; about: string }) {
  if (!filtered) return <Empty title="Nothing recorded yet">{about}</Empty>;
  return (
    <Empty
      title="No event fits these filters"
      action={
        <Link className="link" href={all}>
          Show all events
        </Link>
      }
    >
      Remove a filter, or choose other days. Times and days are UTC.
    </Empty>
  );
}
