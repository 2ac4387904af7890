import type { Metadata } from 'next';
import { AuditLog } from '@/app/_parts/audit/audit-log';
import { ExportActs } from '@/app/_parts/audit/export-acts';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { eventNames, readProviderLog } from '@/lib/audit-log';
import { auditFilter } from '@/lib/audit-log/schemas';
import { listEmployees } from '@/lib/employees';
import { staff } from '../../_frame/door';
import { requestProviderExportAction } from './actions';

export const metadata: Metadata = { title: 'Provider log' };

const LEDE =
  'What staff, edges and strangers at the door did, and who signed in. What customers do in their organisations stands in logs staff cannot read.';

export default async function ProviderLogPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const reason = page.reason('read', 'AuditEvent');
  if (reason) {
    return (
      <Page>
        <PageHead title="Provider log" lede={LEDE} />
        <Empty title={`Not part of the role ${page.staffRole}`}>
          Administrators, security staff and the provider’s auditors read this log.
        </Empty>
      </Page>
    );
  }
  const filter = auditFilter.parse(params);
  const [log, people] = await Promise.all([readProviderLog(page.secret, filter), listEmployees(page.secret)]);
  return (
    <Page>
      <PageHead
        title="Provider log"
        lede={LEDE}
        acts={
          page.reason('export', 'AuditEvent') ? undefined : (
            <ExportActs
              href="/staff/log/exports"
              streams="/staff/log/streams"
              retention="/staff/log/retention"
              action={requestProviderExportAction}
              filter={filter}
              log={log.log}
            />
          )
        }
      />
      <AuditLog
        path="/staff/log"
        params={params}
        filter={filter}
        page={log}
        events={eventNames()}
        people={people}
        about="Every act of staff is written here in the same transaction as the act itself. Reading this page is one."
      />
    </Page>
  );
}
