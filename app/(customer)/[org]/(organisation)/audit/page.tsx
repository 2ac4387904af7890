import type { Metadata } from 'next';
import { ActSummary } from '@/app/_parts/audit/act-summary';
import { AuditLog } from '@/app/_parts/audit/audit-log';
import { DrawSample } from '@/app/_parts/audit/draw-sample';
import { ExportActs } from '@/app/_parts/audit/export-acts';
import { Views } from '@/app/_parts/audit/views';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { drawSampleAction } from '@/app/(auditor)/auditor/samples/actions';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { eventNames, readAuditLog } from '@/lib/audit-log';
import { auditFilter } from '@/lib/audit-log/schemas';
import { listMembers } from '@/lib/organisations';
import { listProjects } from '@/lib/projects';
import { operatorLog } from '@/lib/transparency';
import { customer } from '../../../_frame/door';
import { removeViewAction, requestExportAction, saveViewAction } from './actions';

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
  const [log, projects, members, { vkeys }] = await Promise.all([
    readAuditLog(caller, filter),
    listProjects(caller, { limit: NAMES }),
    listMembers(principal.secret, organisation.id),
    operatorLog(),
  ]);
  return (
    <Page>
      <PageHead
        title="Audit log"
        lede="Every act in this organisation, the provider’s acts on it included. Times are UTC. Reading it is recorded too."
        acts={
          roleMay(page, 'export', 'AuditEvent') ? (
            <ExportActs
              href={`${base}/audit/exports`}
              streams={`${base}/audit/streams`}
              retention={`${base}/audit/retention`}
              action={requestExportAction}
              organisationId={organisation.id}
              filter={filter}
              log={log.log}
            >
              <DrawSample
                action={drawSampleAction}
                organisationId={organisation.id}
                filter={filter}
                log={log.log}
                samples={`${base}/audit/samples`}
              />
            </ExportActs>
          ) : undefined
        }
      />
      {filter.act ? <ActSummary caller={caller} actId={filter.act} /> : null}
      <AuditLog
        path={`${base}/audit`}
        params={query}
        filter={filter}
        views={
          <Views
            viewer={caller}
            path={`${base}/audit`}
            filter={filter}
            manages={roleMay(page, 'change', 'Membership')}
            save={saveViewAction}
            remove={removeViewAction}
          />
        }
        page={log}
        verify={{ log: organisation.id, vkeys }}
        events={eventNames()}
        people={members.map(({ userId, name }) => ({ id: userId, name }))}
        projects={projects.items.map(({ id, name }) => ({ id, name }))}
        about="Every act of your members, API keys and the provider is recorded here, with who, when and what came of it."
      />
    </Page>
  );
}
