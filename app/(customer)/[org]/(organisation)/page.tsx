import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { formatNumber } from '@/app/_ui/format';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listProjects, projectErrors } from '@/lib/projects';
import { ENVIRONMENTS, PROJECT_STATUSES, type ProjectView } from '@/lib/projects/schemas';
import { customer } from '../../_frame/door';
import { CreateProject, OpenCreate } from './create-project';
import { ProjectsTable } from './projects-table';
import { ENVIRONMENT_WORDS, STATUS_WORDS } from './words';

export const metadata: Metadata = { title: 'Projects' };

const PAGE = 100;

export default async function ProjectsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  const { items, next } = await projectsFrom(page.caller, one(query, 'cursor'));
  const filter = { q: one(query, 'q'), environment: one(query, 'environment'), status: one(query, 'status') };
  const shown = items.filter((project) => fits(project, filter));
  const reason = roleReason(page, 'create', 'Project');
  const filtered = Object.values(filter).some(Boolean);

  return (
    <Page>
      <PageHead
        title="Projects"
        count={items.length > 0 ? count(shown.length, items.length, next !== null) : undefined}
        lede="One App ID each, isolated from every other. A fence and a certificate belong to a project."
        acts={<CreateProject organisationId={page.organisation.id} base={page.base} reason={reason} />}
      />
      {items.length > 0 ? (
        <Filters
          path={page.base}
          params={query}
          search={{ name: 'q', value: filter.q, placeholder: 'Find by name or App ID' }}
          chips={[
            ...(filter.environment
              ? [{ key: 'Environment', value: wordOf(ENVIRONMENT_WORDS, filter.environment), param: 'environment' }]
              : []),
            ...(filter.status ? [{ key: 'Status', value: wordOf(STATUS_WORDS, filter.status), param: 'status' }] : []),
          ]}
          add={[
            {
              label: 'Environment',
              param: 'environment',
              options: ENVIRONMENTS.map((value) => ({ value, label: ENVIRONMENT_WORDS[value] })),
            },
            {
              label: 'Status',
              param: 'status',
              options: PROJECT_STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] })),
            },
          ]}
        />
      ) : null}
      <ProjectsTable
        base={page.base}
        projects={shown}
        empty={
          filtered ? (
            <Empty title="No project fits">
              Nothing on this page has these words and filters. Remove a filter to see more.
            </Empty>
          ) : (
            <Empty title="No projects yet" action={reason ? undefined : <OpenCreate />}>
              A project gives your app an App ID, and a certificate your server signs tokens with. Set the fence when
              you create it; edges outside it refuse from the first join on.
            </Empty>
          )
        }
        foot={
          <Pager
            shown={shown.length}
            noun={shown.length === 1 ? 'project' : 'projects'}
            prev={query.cursor ? withParams(page.base, query, {}) : undefined}
            next={next ? withParams(page.base, query, { cursor: next }) : undefined}
          />
        }
      />
    </Page>
  );
}

/** A cursor from the address bar that is none begins at the newest. */
async function projectsFrom(caller: Parameters<typeof listProjects>[0], cursor: string | undefined) {
  try {
    return await listProjects(caller, { limit: PAGE, cursor: cursor ?? null });
  } catch (error) {
    if (projectErrors.is(error) && error.code === 'cursor.invalid') return listProjects(caller, { limit: PAGE });
    throw error;
  }
}

const wordOf = (words: Readonly<Record<string, string>>, value: string) =>
  Object.hasOwn(words, value) ? words[value]! : value;

function fits(
  project: ProjectView,
  { q, environment, status }: { q?: string; environment?: string; status?: string },
): boolean {
  const words = q?.toLowerCase();
  return (
    (!words || project.name.toLowerCase().includes(words) || project.appId.includes(words)) &&
    (!environment || project.environment === environment) &&
    (!status || project.status === status)
  );
}

const count = (shown: number, all: number, more: boolean) =>
  shown === all ? `${formatNumber(all)}${more ? ' newest' : ''}` : `${formatNumber(shown)} of ${formatNumber(all)}`;
