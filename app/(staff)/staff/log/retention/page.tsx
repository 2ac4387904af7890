import type { Metadata } from 'next';
import { askedFor } from '@/app/_parts/audit/keeping/asked';
import { Keeping } from '@/app/_parts/audit/keeping/keeping';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import type { FormAction } from '@/app/_ui/form-state';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { readKeeping } from '@/lib/audit-retention';
import { staff } from '../../../_frame/door';
import {
  approveProviderPruningAction,
  eraseProviderPersonAction,
  proposeProviderPruningAction,
  releaseProviderHoldAction,
  setProviderHoldAction,
  setProviderRetentionAction,
  withdrawProviderPruningAction,
} from './actions';

export const metadata: Metadata = { title: 'Retention' };

const LEDE =
  'How long records of the provider’s log are kept, what holds them, and what went. All of it is recorded in the log.';

export default async function ProviderRetentionPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, query] = await Promise.all([staff(), searchParams]);
  if (page.reason('read', 'AuditRetention')) {
    return (
      <Page>
        <PageHead title="Retention" lede={LEDE} />
        <Empty title={`Not part of the role ${page.staffRole}`}>
          Administrators, security staff and the provider’s auditors see what is kept of this log.
        </Empty>
      </Page>
    );
  }
  const keeper = { kind: 'staff' as const, secret: page.secret };
  const erase = page.reason('erase', 'AuditErasure');
  const [view, asked] = [await readKeeping(keeper), erase ? undefined : await askedFor(keeper, one(query, 'person'))];
  return (
    <Page>
      <Crumb items={[{ label: 'Retention' }]} />
      <PageHead title="Retention" lede={LEDE} />
      <Keeping
        view={view}
        path="/staff/log/retention"
        hidden={{}}
        asked={asked}
        actions={{
          period: setProviderRetentionAction as FormAction,
          hold: setProviderHoldAction as FormAction,
          release: releaseProviderHoldAction as FormAction,
          propose: proposeProviderPruningAction as FormAction,
          approve: approveProviderPruningAction as FormAction,
          withdraw: withdrawProviderPruningAction as FormAction,
          erase: eraseProviderPersonAction as FormAction,
        }}
        reasons={{
          period: page.reason('change', 'AuditRetention'),
          hold: page.reason('set', 'AuditHold'),
          release: page.reason('release', 'AuditHold'),
          propose: page.reason('propose', 'AuditPruning'),
          approve: page.reason('approve', 'AuditPruning'),
          withdraw: page.reason('withdraw', 'AuditPruning'),
          erase,
        }}
      />
    </Page>
  );
}
