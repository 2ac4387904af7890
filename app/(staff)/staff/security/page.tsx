import type { Metadata } from 'next';
import { PolicyAside } from '@/app/_parts/security/policy-aside';
import { PolicyDocument } from '@/app/_parts/security/policy-document';
import { ButtonLink } from '@/app/_ui/button';
import { formatExact } from '@/app/_ui/format';
import { Split } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { readAccessPolicy } from '@/lib/access-policy';
import { staff } from '../../_frame/door';

export const metadata: Metadata = { title: 'Security policy' };

const PATH = '/staff/security';

export default async function StaffSecurityPage() {
  const page = await staff();
  const policy = await readAccessPolicy({ kind: 'staff', secret: page.secret });
  const reason = page.reason('change', 'AccessPolicy');

  return (
    <Page>
      <PageHead
        title="Security policy of staff"
        count={policy.version === 0 ? 'defaults' : `version ${policy.version}`}
        lede="The settings are the policy: these sentences are made from what is enforced, and change with it."
        acts={
          <>
            <ButtonLink href={`${PATH}/policy.md`} icon="download" variant="ghost" download>
              Markdown
            </ButtonLink>
            <ButtonLink href={`${PATH}/change`} variant="primary" reason={reason}>
              Change the policy
            </ButtonLink>
          </>
        }
      />
      <p className="print-only small">
        The provider’s staff, version {policy.version}. Printed {formatExact(Date.now())} by {page.name}.
      </p>
      <Split aside={<PolicyAside policy={policy} whose="staff" />}>
        <PolicyDocument policy={policy} whose="staff" />
      </Split>
    </Page>
  );
}
