import type { Metadata } from 'next';
import { Crumb } from '@/app/_ui/crumb';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { KEY_ACTS, MEMBER_MATRIX } from '@/app/(auditor)/auditor/who-can-do-what/matrix';
import { KeyTable, Legend, RightsTable } from '@/app/(auditor)/auditor/who-can-do-what/rights-table';
import { customer } from '../../../../_frame/door';

export const metadata: Metadata = { title: 'Who can do what' };

const ROLES = ['owner', 'administrator', 'developer', 'auditor'];

export default async function WhoCanDoWhatPage({ params }: { params: Promise<{ org: string }> }) {
  await customer((await params).org);
  const keyActs = KEY_ACTS.filter(({ scopes }) => scopes.length > 0);
  return (
    <Page>
      <Crumb items={[{ label: 'Who can do what' }]} />
      <PageHead
        title="Who can do what"
        count={`${MEMBER_MATRIX.length} acts`}
        lede="Made from the same data the guards ask at every act. Roles are given on the page of members."
      />
      <Stack gap={8}>
        <Legend />
        <Section title="Members of the organisation">
          <RightsTable label="Rights of members" roles={ROLES} rows={MEMBER_MATRIX} />
        </Section>
        <Section title="API keys" note="each for one project">
          <KeyTable label="Rights of API keys" rows={keyActs} />
        </Section>
      </Stack>
    </Page>
  );
}
