import type { Metadata } from 'next';
import Link from 'next/link';
import { AccessFilters } from '@/app/_parts/audit/access-filters';
import { AuditTable } from '@/app/_parts/audit/audit-table';
import { LogHead } from '@/app/_parts/audit/log-head';
import { OpenEvent } from '@/app/_parts/audit/open-event';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import { readAccessRecords } from '@/lib/audit-log';
import { accessFilter } from '@/lib/audit-log/schemas';
import { listMembers } from '@/lib/organisations';
import { listProjects } from '@/lib/projects';
import { AuditorFrame } from '../../_frame/auditor-frame';
import { type AuditorPage, auditor, slugOf } from '../../_frame/door';

const PATH = '/auditor/access-records';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Access records' };
}

export default async function AccessRecordsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const page = await auditor(PATH, slugOf(params.organisation));
  return (
    <AuditorFrame page={page} path={PATH}>
      <Records page={page} params={params} />
    </AuditorFrame>
  );
}

async function Records({ page: { organisation, principal }, params }: { page: AuditorPage; params: Params }) {
  const caller = { kind: 'member' as const, secret: principal.secret, organisationId: organisation.id };
  const filter = accessFilter.parse(params);
  const [log, members, projects] = await Promise.all([
    readAccessRecords(caller, filter),
    listMembers(principal.secret, organisation.id),
    listProjects(caller, { limit: 100 }),
  ]);
  const named = projects.items.map(({ id, name }) => ({ id, name }));
  const list = { ...params, row: undefined };
  const keep = { organisation: organisation.slug };
  const { cursor, ...asked } = filter;
  const filtered = Object.values(asked).some((value) => value !== undefined);
  return (
    <Page>
      <PageHead
        title="Access records"
        count="All times UTC"
        lede="Sign-ins and factors, roles and invitations, API keys, reads and exports of the log, refusals, and what the provider’s staff did here."
      />
      <Stack gap={3}>
        <LogHead log={log.log} />
        <AccessFilters
          path={PATH}
          params={list}
          filter={filter}
          people={members.map(({ userId, name }) => ({ id: userId, name }))}
        />
      </Stack>
      <OpenEvent
        events={log.events}
        projects={named}
        path={PATH}
        acts="/auditor"
        files={`/${organisation.slug}/audit`}
        keep={keep}
        log={log.log}
      >
        <AuditTable
          path={PATH}
          acts="/auditor"
          params={params}
          keep={keep}
          events={log.events}
          projects={named}
          cursor={cursor}
          empty={
            filtered || cursor ? (
              <Empty
                title="No record fits"
                action={
                  <Link className="link" href={withParams(PATH, keep, {})}>
                    Show all access records
                  </Link>
                }
              >
                Remove a filter, or choose another time; times are UTC.
              </Empty>
            ) : (
              <Empty title="No access records">Nobody has signed in or been given anything that you see here.</Empty>
            )
          }
          foot={
            <Pager
              log
              shown={log.events.length}
              noun="records on this page"
              next={log.next ? withParams(PATH, list, { cursor: log.next }) : undefined}
            />
          }
        />
      </OpenEvent>
    </Page>
  );
}
