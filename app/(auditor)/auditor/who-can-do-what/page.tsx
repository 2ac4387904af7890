import type { Metadata } from 'next';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import type { Params } from '@/app/_ui/query';
import { AuditorFrame } from '../../_frame/auditor-frame';
import { auditor, slugOf } from '../../_frame/door';
import { KEY_ACTS, MEMBER_MATRIX, STAFF_MATRIX } from './matrix';
import { KeyTable, Legend, RightsTable } from './rights-table';

const PATH = '/auditor/who-can-do-what';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Who can do what' };
}

const MEMBERS = ['owner', 'administrator', 'developer', 'auditor'];
const STAFF = ['administrator', 'security', 'support', 'auditor'];

export default async function WhoCanDoWhatPage({ searchParams }: { searchParams: Promise<Params> }) {
  const page = await auditor(PATH, slugOf((await searchParams).organisation));
  const { organisation, principal } = page;
  const keyActs = KEY_ACTS.filter(({ scopes }) => scopes.length > 0);
  return (
    <AuditorFrame page={page} path={PATH}>
      <Page>
        <PageHead
          title="Who can do what"
          count={`${MEMBER_MATRIX.length} acts`}
          lede="Made from the same data the guards ask at every act. The database checks the walls between organisations once more."
        />
        <p className="print-only small">
          {organisation.name}. Printed {formatExact(Date.now())} by {principal.name}.
        </p>
        <Stack gap={8}>
          <Legend />
          <Section title="Members of the organisation">
            <RightsTable label="Rights of members" roles={MEMBERS} rows={MEMBER_MATRIX} />
          </Section>
          <Section title="The provider’s staff" note="on an origin and with accounts of their own">
            <RightsTable label="Rights of the provider’s staff" roles={STAFF} rows={STAFF_MATRIX} />
          </Section>
          <Section title="API keys" note="each for one project">
            <Stack gap={3}>
              <KeyTable label="Rights of API keys" rows={keyActs} />
              <p className="small quiet">The other {KEY_ACTS.length - keyActs.length} acts no key can do.</p>
            </Stack>
          </Section>
          <p className="small quiet">
            Everybody signed in also reads and ends their own sessions, changes their own name, and once they have
            confirmed it their own password, passkeys, authenticator and recovery codes. An API key needs its scope
            where a member confirms.
          </p>
        </Stack>
      </Page>
    </AuditorFrame>
  );
}
