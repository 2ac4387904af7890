import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { Simulated } from '@/app/_ui/tag';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges } from '@/lib/fleet';
import { projectCan } from '@/lib/projects';
import { customerProject } from '../../../../_frame/door';
import { Try } from './try';

export const metadata: Metadata = { title: 'Try it' };

export default async function TryPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: id } = await params;
  const page = await customerProject(org, id);
  const { project } = page;
  const edges = (await listEdges(page.caller)).filter(({ state }) => state !== 'banned' && state !== 'enrolled');
  const { regions } = project.fence;
  const state = projectCan('mint', project);
  const rank = (region: (typeof regions)[number]) =>
    regions.includes(region) ? regions.indexOf(region) : regions.length;
  return (
    <Page>
      <PageHead
        title="Try it"
        lede="A real join at a real edge from this browser. Revoke yourself or move the fence meanwhile, and see the cut."
        marks={<Simulated what="regions" />}
      />
      {edges.length === 0 ? (
        <Empty title="No edge to join at">
          Your provider enrols edges. Once one is connected, join it from here with a camera or a generated picture.
        </Empty>
      ) : (
        <Try
          organisationId={page.organisation.id}
          projectId={project.id}
          appId={project.appId}
          capSeconds={project.tokenPolicy.maxLifetimeSeconds}
          edges={edges
            .map(({ name, region, url, state: is }) => ({
              name,
              region,
              url,
              inside: regions.includes(region),
              reachable: is !== 'offline',
            }))
            .sort((a, b) => rank(a.region) - rank(b.region))}
          fence={regions}
          tokenless={project.mode === 'app-id'}
          mintReason={roleReason(page, 'mint', 'Token') ?? (state.allowed ? undefined : state.why)}
        />
      )}
    </Page>
  );
}
