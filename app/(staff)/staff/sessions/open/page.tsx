import type { Metadata } from 'next';
import { Crumb } from '@/app/_ui/crumb';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { Countdown } from '@/app/_ui/time';
import { ownActive, readGateway } from '@/lib/grants';
import { newId } from '@/lib/platform';
import { staff } from '../../../_frame/door';
import { OpenForm } from './open-form';

export const metadata: Metadata = { title: 'Open a session' };

export default async function OpenSessionPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const [active, gateway] = await Promise.all([ownActive({ secret: page.secret }), readGateway()]);
  const wanted = one(params, 'grant');
  const grant = active.find(({ id }) => id === wanted) ?? (wanted ? undefined : active[0]);
  return (
    <Page>
      <Crumb items={[{ label: 'Open a session' }]} />
      <PageHead title="Open a session" lede="One session, on one target, confirmed with your passkey at this moment." />
      {grant ? (
        <Stack gap={6}>
          <DefinitionList
            ruled
            items={[
              { term: 'Grant ends in', value: <Countdown to={grant.deadline} /> },
              { term: 'Visible to', value: grant.customers.length > 0 ? grant.customers.join(', ') : 'no customer' },
            ]}
          />
          <OpenForm
            key={grant.id}
            request={grant.id}
            session={newId('ssn')}
            targets={grant.targets}
            gateway={gateway}
          />
        </Stack>
      ) : (
        <Empty title="No grant of yours is active">
          Ask for access first. A grant opens when everybody who has to has agreed, and the page of the request says
          where it stands.
        </Empty>
      )}
    </Page>
  );
}
