import type { Metadata } from 'next';
import { ExportList } from '@/app/_parts/audit/export-list';
import { isUnderWay } from '@/app/_parts/audit/export-words';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { listProviderExports } from '@/lib/audit-export';
import { staff } from '../../../_frame/door';

export const metadata: Metadata = { title: 'Exports' };

const LEDE = 'Files of the provider’s log, each as the log stood when it was asked for.';

export default async function ProviderExportsPage() {
  const page = await staff();
  if (page.reason('export', 'AuditEvent')) {
    return (
      <Page>
        <PageHead title="Exports" lede={LEDE} />
        <Empty title={`Not part of the role ${page.staffRole}`}>
          Administrators, security staff and the provider’s auditors export this log.
        </Empty>
      </Page>
    );
  }
  const exports = await listProviderExports(page.secret);
  return (
    <Page>
      <Crumb items={[{ label: 'Exports' }]} />
      <PageHead title="Exports" lede={LEDE} acts={exports.some(isUnderWay) ? <AutoRefresh seconds={2} /> : undefined} />
      <ExportList exports={exports} path="/staff/log/exports" logHref="/staff/log" />
    </Page>
  );
}
