import type { Metadata } from 'next';
import { PolicyEditor } from '@/app/_parts/security/policy-editor';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { readAccessPolicy } from '@/lib/access-policy';
import { requestSource } from '@/lib/identity';
import { staff } from '../../../_frame/door';
import { changeStaffPolicyAction } from './actions';

export const metadata: Metadata = { title: 'Change the security policy' };

export default async function ChangeStaffPolicyPage() {
  const page = await staff();
  if (page.reason('change', 'AccessPolicy'))
    return (
      <Page>
        <PageHead title="Change the security policy" />
        <Empty title={`Not part of the role ${page.staffRole}`}>An administrator decides how staff get in.</Empty>
      </Page>
    );
  const [policy, { address }] = await Promise.all([
    readAccessPolicy({ kind: 'staff', secret: page.secret }),
    requestSource(),
  ]);
  return (
    <Page>
      <Crumb items={[{ label: 'Change' }]} />
      <PageHead
        title="Change the security policy of staff"
        lede="Holds for all staff from their next request on. Nobody can lock themselves out."
      />
      <PolicyEditor
        // What somebody else changed meanwhile is shown, not kept from an older form.
        key={policy.version}
        policy={policy}
        whose="staff"
        name="The provider’s staff"
        address={address}
        action={changeStaffPolicyAction}
        back="/staff/security"
      />
    </Page>
  );
}
