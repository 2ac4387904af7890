import type { Metadata } from 'next';
import { Crumb } from '@/app/_ui/crumb';
import { ErrorState } from '@/app/_ui/error-state';
import { Page, PageHead } from '@/app/_ui/page';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges } from '@/lib/fleet';
import { customerProject } from '../../../../../_frame/door';
import { Inspector } from './inspector';

export const metadata: Metadata = { title: 'Token inspector' };

export default async function InspectPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: id } = await params;
  const page = await customerProject(org, id);
  const { project, path } = page;
  const why = roleReason(page, 'inspect', 'Token');
  if (why) {
    return (
      <Page>
        <ErrorState page title="Inspecting tokens is not yours to do" code="authz.forbidden">
          {why} Ask an owner or administrator of {page.organisation.name}.
        </ErrorState>
      </Page>
    );
  }
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
        mayRevoke={roleReason(page, 'create', 'Revocation') === undefined}
      />
    </Page>
  );
}
