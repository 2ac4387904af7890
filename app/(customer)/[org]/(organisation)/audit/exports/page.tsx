import type { Metadata } from 'next';
import { ExportList } from '@/app/_parts/audit/export-list';
import { isUnderWay } from '@/app/_parts/audit/export-words';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { Crumb } from '@/app/_ui/crumb';
import { Page, PageHead } from '@/app/_ui/page';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { listExports } from '@/lib/audit-export';
import { customer } from '../../../../_frame/door';

export const metadata: Metadata = { title: 'Exports' };

export default async function ExportsPage({ params }: { params: Promise<{ org: string }> }) {
  const page = await customer((await params).org);
  const { caller, base, role } = page;
  if (!roleMay(page, 'export', 'AuditEvent'))
    return <RoleNotice title="Exports" role={role} what="Exports are files of the audit log." />;
  const exports = await listExports(caller);
  return (
    <Page>
      <Crumb items={[{ label: 'Exports' }]} />
      <PageHead
        title="Exports"
        lede="Files of this organisation’s audit log, each as the log stood when it was asked for."
        acts={exports.some(isUnderWay) ? <AutoRefresh seconds={2} /> : undefined}
      />
      <ExportList exports={exports} path={`${base}/audit/exports`} logHref={`${base}/audit`} />
    </Page>
  );
}
