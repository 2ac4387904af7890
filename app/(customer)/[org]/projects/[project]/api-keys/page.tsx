import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { ButtonLink } from '@/app/_ui/button';
import { CodeBlock } from '@/app/_ui/command';
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { firstReason, roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { listApiKeys } from '@/lib/api-keys';
import { projectCan } from '@/lib/projects';
import { customerProject } from '../../../../_frame/door';
import { CreateKey } from './create-key';
import { KeysTable } from './keys-table';

export const metadata: Metadata = { title: 'API keys' };

export default async function ApiKeysPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: projectId } = await params;
  const page = await customerProject(org, projectId);
  const { caller, project, organisation, role } = page;
  if (!roleMay(page, 'read', 'ApiKey'))
    return <RoleNotice title="API keys" role={role} what="API keys are what your servers sign in with." />;

  const [keys, origin] = await Promise.all([listApiKeys(caller, project.id), requestOrigin()]);
  const hidden = { organisationId: organisation.id, projectId: project.id };
  const example = exampleOf(origin);
  const active = keys.filter(({ state }) => state === 'active').length;

  return (
    <Page>
      <PageHead
        title="API keys"
        count={keys.length > 0 ? `${formatNumber(active)} active of ${formatNumber(keys.length)}` : undefined}
        lede="Your servers sign in with a key of their own. A key works for this project alone and does only what its scopes say."
        acts={
          <>
            <ButtonLink href="/api/v1/openapi.json" icon="ext" prefetch={false} download>
              OpenAPI
            </ButtonLink>
            <CreateKey
              hidden={hidden}
              projectName={project.name}
              example={example}
              reason={firstReason(roleReason(page, 'create', 'ApiKey'), projectCan('change', project))}
            />
          </>
        }
      />
      <Stack gap={6}>
        <KeysTable
          keys={keys}
          hidden={hidden}
          reason={roleReason(page, 'revoke', 'ApiKey')}
          empty={
            <Empty title="No API keys yet">
              Create one for your app server: with the scope token:mint it makes tokens without holding a certificate.
            </Empty>
          }
        />
        <Section title="Example" note="reads the key from the environment, so that it stands in no file">
          <CodeBlock label="Example request">{example}</CodeBlock>
        </Section>
      </Stack>
    </Page>
  );
}

/** As the browser reached this page; proxy.ts lets no other host come here. */
async function requestOrigin(): Promise<string> {
  const head = await headers();
  const host = head.get('host') ?? 'localhost';
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  return `${head.get('x-forwarded-proto')?.split(',')[0] ?? (local ? 'http' : 'https')}://${host}`;
}

const exampleOf = (origin: string) => `curl ${origin}/api/v1/tokens \\
  -H "Authorization: Bearer $CORDON_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "lifetimeSeconds": 3600,
        "services": [{ "kind": "rtc", "channel": "lesson-7", "account": "1001",
                       "privileges": { "join": true, "audio": true } }] }'`;
