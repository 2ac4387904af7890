import type { Metadata } from 'next';
import { AuditLog } from '@/app/_parts/audit/audit-log';
import { ExportActs } from '@/app/_parts/audit/export-acts';
import { Views } from '@/app/_parts/audit/views';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { eventNames, readProviderLog } from '@/lib/audit-log';
import { auditFilter } from '@/lib/audit-log/schemas';
import { listEmployees } from '@/lib/employees';
import { operatorLog } from '@/lib/transparency';
import { staff } from '../../_frame/door';
import { removeProviderViewAction, requestProviderExportAction, saveProviderViewAction } from './actions';

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
  const [log, people, { vkeys }] = await Promise.all([
    readProviderLog(page.secret, filter),
    listEmployees(page.secret),
    operatorLog(),
  ]);
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
        views={
          <Views
            viewer={{ kind: 'staff', secret: page.secret }}
            path="/staff/log"
            filter={filter}
            manages={page.staffRole === 'administrator'}
            save={saveProviderViewAction}
            remove={removeProviderViewAction}
          />
        }
        page={log}
        verify={{ log: 'provider', vkeys }}
        events={eventNames()}
        people={people}
        about="Every act of staff is written here in the same transaction as the act itself. Reading this page is one."
      />
    </Page>
  );
}
