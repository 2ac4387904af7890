import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Page, PageHead } from '@/app/_ui/page';
import { type Params, withParams } from '@/app/_ui/query';
import { Tabs } from '@/app/_ui/tabs';
import { activity } from '@/lib/fleet';
import { isCordonError } from '@/lib/platform';
import { customerProject } from '../../../../_frame/door';
import { readFilter, readTab } from './_parts/filter';
import { AutoRefresh } from './auto-refresh';
import { DecisionTable } from './decision-table';
import { SessionTable } from './live-table';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string; project: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org, project: id }, search] = await Promise.all([params, searchParams]);
  const page = await customerProject(org, id);
  const path = `${page.path}/sessions`;
  const tab = readTab(search);
  const shared = { page, projectId: page.project.id, projectPath: page.path, search };
  const [lately, table] = await Promise.all([
    activity(page.caller, page.project.id),
    // Called rather than placed, so that a cursor from elsewhere is answered here.
    (tab === 'decisions' ? DecisionTable(shared) : SessionTable({ ...shared, live: tab === 'live' })).catch(
      (error: unknown) => {
        if (isCordonError(error) && error.code === 'cursor.invalid')
          redirect(withParams(path, { tab, ...readFilter(search) }, {}));
        throw error;
      },
    ),
  ]);

  return (
    <Page>
      <PageHead
        title="Sessions"
        count={`${lately.inSession} now, ${lately.joins} joins and ${lately.refused} refusals in 24 h`}
        lede="Who is in a channel now, and what the edges decided about everybody who asked."
      />
      <Tabs
        label="Sessions and decisions"
        items={[
          { label: 'Live', href: path, current: tab === 'live', count: lately.inSession },
          { label: 'Ended', href: withParams(path, {}, { tab: 'ended' }), current: tab === 'ended' },
          { label: 'Decisions', href: withParams(path, {}, { tab: 'decisions' }), current: tab === 'decisions' },
        ]}
        aside={<AutoRefresh />}
      />
      {table}
    </Page>
  );
}
