import type { Metadata } from 'next';
import { PolicyAside } from '@/app/_parts/security/policy-aside';
import { PolicyDocument } from '@/app/_parts/security/policy-document';
import { ButtonLink } from '@/app/_ui/button';
import { formatExact } from '@/app/_ui/format';
import { Split } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel } from '@/app/_ui/panel';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { readAccessPolicy } from '@/lib/access-policy';
import { customer } from '../../../_frame/door';

export const metadata: Metadata = { title: 'Security policy' };

export default async function SecurityPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const page = await customer(org);
  const policy = await readAccessPolicy(page.caller);
  const reason = roleReason(page, 'change', 'AccessPolicy');
  const path = `${page.base}/security`;

  return (
    <Page>
      <PageHead
        title="Security policy"
        count={policy.version === 0 ? 'defaults' : `version ${policy.version}`}
        lede="The settings are the policy: these sentences are made from what is enforced, and change with it."
        acts={
          <>
            <ButtonLink href={`${path}/policy.md`} icon="download" variant="ghost" download>
              Markdown
            </ButtonLink>
            <ButtonLink href={`${path}/change`} variant="primary" reason={reason}>
              Change the policy
            </ButtonLink>
          </>
        }
      />
      <p className="print-only small">
        {page.organisation.name}, version {policy.version}. Printed {formatExact(Date.now())} by {page.principal.name}.
      </p>
      <Split
        aside={
          <PolicyAside policy={policy} whose="members">
            <Panel title="Rights">
              <p className="small">
                What each role may do here is a policy too, made from the data the guards ask.{' '}
                <a className="link" href={`${path}/who-can-do-what`}>
                  Who can do what
                </a>
              </p>
            </Panel>
          </PolicyAside>
        }
      >
        <PolicyDocument policy={policy} whose="members" />
      </Split>
    </Page>
  );
}
