/**
 * A page of an audit log: filters, events, and the one that is open. It only shows; which log, and who may read it, the page
 * around it knows.
 */
import Link from 'next/link';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import type { AuditFilter, AuditPageView } from '@/lib/audit-log/schemas';
import { AuditFilters } from './audit-filters';
import { AuditTable } from './audit-table';
import { LogHead } from './log-head';
import { OpenEvent } from './open-event';
import type { Named } from './words';

export interface AuditLogProps {
  path: string;
  /** Path of the log whose routes hand out files, where it is another. */
  files?: string;
  params: Params;
  filter: AuditFilter;
  page: AuditPageView;
  /** Names of events, for the filter. */
  events: readonly string[];
  people?: Named;
  projects?: Named;
  /** Parameters of the page that are no filters: the organisation. */
  keep?: Params;
  /** What this log is, for when nothing is in it yet. */
  about: string;
}

export function AuditLog({
  path,
  files = path,
  params,
  filter,
  page,
  events,
  people = [],
  projects = [],
  keep = {},
  about,
}: AuditLogProps) {
  const list = { ...params, row: undefined };
  const { cursor, ...asked } = filter;
  const filtered = Object.values(asked).some((value) => value !== undefined);
  return (
    <>
      <Stack gap={3}>
        <LogHead log={page.log} />
        <div className="no-print">
          <AuditFilters path={path} params={list} filter={filter} events={events} people={people} projects={projects} />
        </div>
      </Stack>
      <OpenEvent events={page.events} projects={projects} path={path} files={files} keep={keep} log={page.log}>
        <AuditTable
          path={path}
          params={params}
          keep={keep}
          events={page.events}
          projects={projects}
          cursor={cursor}
          empty={<Nothing all={withParams(path, keep, {})} filtered={filtered || cursor !== undefined} about={about} />}
          foot={
            <Pager
              log
              shown={page.events.length}
              noun="events on this page"
              next={page.next ? withParams(path, list, { cursor: page.next }) : undefined}
              note={
                cursor ? (
                  <Link className="link" href={withParams(path, list, {})}>
                    Back to the newest
                  </Link>
                ) : undefined
              }
            />
          }
        />
      </OpenEvent>
    </>
  );
}

function Nothing({ all, filtered, about }: { all: string; filtered: boolean; about: string }) {
  if (!filtered) return <Empty title="Nothing has happened yet">{about}</Empty>;
  return (
    <Empty
      title="No event fits"
      action={
        <Link className="link" href={all}>
          Show all events
        </Link>
      }
    >
      Nothing here has all of these marks. Remove a filter, or choose other days; days are UTC.
    </Empty>
  );
}
