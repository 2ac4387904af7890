import type { Metadata } from 'next';
import { ButtonLink } from '@/app/_ui/button';
import { CodeBlock, Command } from '@/app/_ui/command';
import { DefinitionList } from '@/app/_ui/definition-list';
import { formatSpan } from '@/app/_ui/format';
import { Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { PageActs } from '@/app/_ui/page-acts';
import { Section } from '@/app/_ui/panel';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Tabs } from '@/app/_ui/tabs';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { projectCan } from '@/lib/projects';
import { snippets } from '@/lib/tokens';
import { customerProject } from '../../../../_frame/door';
import { Mint } from './mint';

export const metadata: Metadata = { title: 'Tokens' };

export default async function TokensPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string; project: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org, project: id }, search] = await Promise.all([params, searchParams]);
  const page = await customerProject(org, id);
  const { project } = page;
  const { tokenPolicy } = project;
  const path = `${page.path}/tokens`;
  const all = snippets(project);
  const shown = all.find(({ language }) => language === one(search, 'language')) ?? all[0]!;
  const state = projectCan('mint', project);
  const reason = roleReason(page, 'mint', 'Token') ?? (state.allowed ? undefined : state.why);

  return (
    <Page>
      <PageHead
        title="Tokens"
        lede="What a client shows at an edge to join. Made on your app server with the App certificate; signed, not encrypted."
        acts={
          <ButtonLink href={`${path}/inspect`} icon="search" reason={roleReason(page, 'inspect', 'Token')}>
            Inspect a token
          </ButtonLink>
        }
      />
      <PageActs acts={[{ id: 'inspect', label: 'Inspect a token', href: `${path}/inspect`, icon: 'search' }]} />
      <Split
        width="medium"
        aside={
          <Stack gap={4}>
            <Section title="What this project allows">
              <DefinitionList
                ruled
                items={[
                  { term: 'Longest life', value: formatSpan(tokenPolicy.maxLifetimeSeconds * 1000) },
                  { term: 'Any channel', value: tokenPolicy.wildcardChannel ? 'allowed' : 'refused' },
                  { term: 'Any user', value: tokenPolicy.wildcardUser ? 'allowed' : 'refused' },
                  { term: 'Version 006', value: tokenPolicy.legacy006 ? 'accepted' : 'refused' },
                ]}
              />
            </Section>
            {project.mode === 'app-id' ? (
              <Note tone="notice" title="This project admits without tokens.">
                Whoever knows the App ID may join. Require tokens in the project settings before anybody real does.
              </Note>
            ) : null}
          </Stack>
        }
      >
        <Stack gap={6}>
          <Mint
            organisationId={page.organisation.id}
            projectId={project.id}
            path={page.path}
            capSeconds={tokenPolicy.maxLifetimeSeconds}
            wildcardChannel={tokenPolicy.wildcardChannel}
            wildcardUser={tokenPolicy.wildcardUser}
            reason={reason}
          />
          <Section title="On your app server" note="the vendor’s own builders work unchanged">
            <Stack gap={3}>
              <Tabs
                label="Language"
                items={all.map(({ language }) => ({
                  label: language,
                  href: withParams(path, search, { language }),
                  current: language === shown.language,
                }))}
              />
              {shown.install.startsWith('Copy') ? (
                <p className="quiet small">{shown.install}</p>
              ) : (
                <Command>{shown.install}</Command>
              )}
              <CodeBlock label={`${shown.language} code`}>{shown.code}</CodeBlock>
            </Stack>
          </Section>
        </Stack>
      </Split>
    </Page>
  );
}
