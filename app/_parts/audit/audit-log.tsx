/**
 * A page of an audit log: filters, events, and the one that is open. It only shows; which log, and who may read it, the page
 * around it knows.
 */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Empty } from '@/app/_ui/empty';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import type { AuditFilter, AuditPageView } from '@/lib/audit-log/schemas';
import { AuditFilters } from './audit-filters';
import { AuditTable } from './audit-table';
import { LogHead } from './log-head';
import { OpenEvent } from './open-event';
import { VerifyPage } from './verify/verify-page';
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
  /** Saved views. */
  views?: ReactNode;
  /** What the page is proven with. */
  verify?: { log: string; vkeys: readonly string[] };
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
  views,
  verify,
}: AuditLogProps) {
  const list = { ...params, row: undefined };
  const { cursor, ...asked } = filter;
  const filtered = Object.values(asked).some((value) => value !== undefined);
  return (
    <>
      <Stack gap={3}>
        <Row gap={3} wrap>
          <LogHead log={page.log} />
          {verify && page.log.checkpoint ? (
            <VerifyPage {...verify} origin={page.log.checkpoint.origin} events={page.events} />
          ) : null}
        </Row>
        <div className="no-print">
          <AuditFilters
            path={path}
            params={list}
            filter={filter}
            events={events}
            people={people}
            projects={projects}
            views={views}
          />
        </div>
        {page.searched ? <Searched {...page.searched} more={page.next !== null} /> : null}
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

/** A search looks at so many events a page, and says so. */
function Searched({ count, from, to, more }: NonNullable<AuditPageView['searched']> & { more: boolean }) {
  return (
    <p className="small quiet" role="status">
      Searched {formatNumber(count)} {count === 1 ? 'event' : 'events'} from {formatExact(from)} to {formatExact(to)}
      {more ? '; older ones are on the next page. ' : ', the last of the log. '}
      Personal values are sealed and not searched. No sample or file is chosen by words.
    </p>
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
      Nothing here has all of these marks. Remove a filter, or choose another time; times are UTC.
    </Empty>
  );
}
