import type { Metadata } from 'next';
import { askedFor } from '@/app/_parts/audit/keeping/asked';
import { Keeping } from '@/app/_parts/audit/keeping/keeping';
import { Crumb } from '@/app/_ui/crumb';
import type { FormAction } from '@/app/_ui/form-state';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { readKeeping } from '@/lib/audit-retention';
import { customer } from '../../../../_frame/door';
import {
  approvePruningAction,
  erasePersonAction,
  proposePruningAction,
  releaseHoldAction,
  setHoldAction,
  setRetentionAction,
  withdrawPruningAction,
} from './actions';

export const metadata: Metadata = { title: 'Retention' };

export default async function RetentionPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  const { caller, base, role, organisation } = page;
  if (!roleMay(page, 'read', 'AuditRetention'))
    return <RoleNotice title="Retention" role={role} what="Retention is how long records of the audit log are kept." />;
  const erase = roleReason(page, 'erase', 'AuditErasure');
  const [view, asked] = [await readKeeping(caller), erase ? undefined : await askedFor(caller, one(query, 'person'))];
  return (
    <Page>
      <Crumb items={[{ label: 'Retention' }]} />
      <PageHead
        title="Retention"
        lede="How long records of this organisation’s audit log are kept, what holds them, and what went. All of it is recorded in the log."
      />
      <Keeping
        view={view}
        path={`${base}/audit/retention`}
        hidden={{ organisationId: organisation.id }}
        asked={asked}
        actions={{
          period: setRetentionAction as FormAction,
          hold: setHoldAction as FormAction,
          release: releaseHoldAction as FormAction,
          propose: proposePruningAction as FormAction,
          approve: approvePruningAction as FormAction,
          withdraw: withdrawPruningAction as FormAction,
          erase: erasePersonAction as FormAction,
        }}
        reasons={{
          period: roleReason(page, 'change', 'AuditRetention'),
          hold: roleReason(page, 'set', 'AuditHold'),
          release: roleReason(page, 'release', 'AuditHold'),
          propose: roleReason(page, 'propose', 'AuditPruning'),
          approve: roleReason(page, 'approve', 'AuditPruning'),
          withdraw: roleReason(page, 'withdraw', 'AuditPruning'),
          erase,
        }}
      />
    </Page>
  );
}
