import type { Metadata } from 'next';
import Link from 'next/link';
import { Empty } from '@/app/_ui/empty';
import { type FilterChip, Filters } from '@/app/_ui/filters';
import { cutMiddle } from '@/app/_ui/format';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { eventNames, readAuditLog } from '@/lib/audit-log';
import { type AuditFilter, auditFilter } from '@/lib/audit-log/schemas';
import { listMembers } from '@/lib/organisations';
import { listProjects } from '@/lib/projects';
import { customer } from '../../../_frame/door';
import { EventRows } from './event-panel';
import { EventsTable } from './events-table';
import { Range } from './range';
import { eventOptions, OUTCOMES } from './view';

export const metadata: Metadata = { title: 'Audit log' };

const NAMES = 200;

export default async function AuditPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  const { caller, principal, organisation, base, role } = page;
  if (!roleMay(page, 'read', 'AuditEvent'))
    return (
      <RoleNotice
        title="Audit log"
        role={role}
        what="The audit log holds what everybody here did, and what the provider did for you."
      />
    );

  const filter = auditFilter.parse(query);
  const [log, projectList, members] = await Promise.all([
    readAuditLog(caller, filter),
    listProjects(caller, { limit: NAMES }),
    listMembers(principal.secret, organisation.id),
  ]);
  const path = `${base}/audit`;
  const projects = Object.fromEntries(projectList.items.map(({ id, name }) => [id, name]));
  const people = Object.fromEntries(members.map(({ userId, name }) => [userId, name]));
  const chips = chipsOf(filter, projects, people);
  const options = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));

  return (
    <Page>
      <PageHead
        title="Audit log"
        lede="Every act in this organisation, the provider’s acts on it included. Times are UTC. Reading it is recorded too."
      />
      <Filters
        path={path}
        params={query}
        chips={chips}
        add={[
          { label: 'Event', param: 'event', options: eventOptions(eventNames()) },
          {
            label: 'Outcome',
            param: 'outcome',
            options: Object.entries(OUTCOMES).map(([value, { word }]) => ({ value, label: word })),
          },
          { label: 'Who', param: 'actor', options: options(people) },
          ...(projectList.items.length > 0 ? [{ label: 'Project', param: 'project', options: options(projects) }] : []),
        ]}
        aside={<Range path={path} params={query} from={filter.from} to={filter.to} />}
      />
      <EventRows events={log.events} projects={projects} path={path}>
        <EventsTable
          events={log.events}
          projects={projects}
          path={path}
          params={query}
          cursor={filter.cursor}
          empty={
            chips.length > 0 || filter.cursor ? (
              <Empty title="No event fits">
                Nothing here has all of these marks. Remove a filter, or widen the range.
              </Empty>
            ) : (
              <Empty title="Nothing has happened yet">
                Every act of your members, API keys and the provider is recorded here, with who, when and what came of
                it.
              </Empty>
            )
          }
          foot={
            <Pager
              log
              shown={log.events.length}
              noun="events on this page"
              next={log.next ? withParams(path, query, { cursor: log.next, row: null }) : undefined}
              note={
                filter.cursor ? (
                  <Link className="link" href={withParams(path, query, { row: null })}>
                    Back to the newest
                  </Link>
                ) : undefined
              }
            />
          }
        />
      </EventRows>
    </Page>
  );
}

function chipsOf(
  filter: AuditFilter,
  projects: Readonly<Record<string, string>>,
  people: Readonly<Record<string, string>>,
): FilterChip[] {
  const { event, outcome, actor, project, act, from, to } = filter;
  const all: (FilterChip | undefined)[] = [
    event ? { key: 'Event', value: event, param: 'event' } : undefined,
    outcome ? { key: 'Outcome', value: OUTCOMES[outcome].word, param: 'outcome' } : undefined,
    actor ? { key: 'Who', value: people[actor] ?? cutMiddle(actor), param: 'actor' } : undefined,
    project ? { key: 'Project', value: projects[project] ?? cutMiddle(project), param: 'project' } : undefined,
    act ? { key: 'Act', value: cutMiddle(act), param: 'act' } : undefined,
    from ? { key: 'From', value: from, param: 'from' } : undefined,
    to ? { key: 'Before', value: to, param: 'to' } : undefined,
  ];
  return all.filter((chip) => chip !== undefined);
}
