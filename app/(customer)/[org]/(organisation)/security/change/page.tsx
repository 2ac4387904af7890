import type { Metadata } from 'next';
import { PolicyEditor } from '@/app/_parts/security/policy-editor';
import { Crumb } from '@/app/_ui/crumb';
import { Page, PageHead } from '@/app/_ui/page';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { readAccessPolicy } from '@/lib/access-policy';
import { requestSource } from '@/lib/identity';
import { customer } from '../../../../_frame/door';
import { changePolicyAction } from './actions';

export const metadata: Metadata = { title: 'Change the security policy' };

export default async function ChangePolicyPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const page = await customer(org);
  if (roleReason(page, 'change', 'AccessPolicy'))
    return (
      <RoleNotice
        title="Change the security policy"
        what="Owners and administrators decide who gets in, and how."
        role={page.role}
      />
    );
  const [policy, { address }] = await Promise.all([readAccessPolicy(page.caller), requestSource()]);
  return (
    <Page>
      <Crumb items={[{ label: 'Change' }]} />
      <PageHead
        title="Change the security policy"
        lede="Holds for every member from their next request on. Nobody can lock themselves out."
      />
      <PolicyEditor
        // What somebody else changed meanwhile is shown, not kept from an older form.
        key={policy.version}
        policy={policy}
        whose="members"
        name={page.organisation.name}
        address={address}
        action={changePolicyAction}
        hidden={{ organisationId: page.organisation.id }}
        back={`${page.base}/security`}
      />
    </Page>
  );
}
