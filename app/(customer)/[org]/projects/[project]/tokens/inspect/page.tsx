import type { Metadata } from 'next';
import { Crumb } from '@/app/_ui/crumb';
import { Page, PageHead } from '@/app/_ui/page';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { listEdges } from '@/lib/fleet';
import { customerProject } from '../../../../../_frame/door';
import { Inspector } from './inspector';

export const metadata: Metadata = { title: 'Token inspector' };

export default async function InspectPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: id } = await params;
  const page = await customerProject(org, id);
  const { project, path } = page;
  if (!roleMay(page, 'inspect', 'Token'))
    return (
      <RoleNotice
        title="Would this join?"
        role={page.role}
        what="The inspector runs the edges’ rules over a token; whoever holds one could join with it."
      />
    );
  const edges = await listEdges(page.caller);
  return (
    <Page>
      <Crumb items={[{ label: 'Inspector' }]} />
      <PageHead
        title="Would this join?"
        lede="Paste a token and say where it is used. The answer runs the same rules as an edge. Nothing is sent to an edge and the token is not kept."
      />
      <Inspector
        organisationId={page.organisation.id}
        projectId={project.id}
        projectName={project.name}
        path={path}
        edges={edges.map(({ name, region }) => ({ name, region }))}
        mayRevoke={roleMay(page, 'create', 'Revocation')}
      />
    </Page>
  );
}
