import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ButtonLink } from '@/app/_ui/button';
import { Figure } from '@/app/_ui/figure';
import { formatNumber } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Row, Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageTitle } from '@/app/_ui/page';
import { Perimeter } from '@/app/_ui/perimeter';
import { TableSkeleton } from '@/app/_ui/skeleton';
import { Tag } from '@/app/_ui/tag';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { activity, beat } from '@/lib/fleet';
import type { ProjectView } from '@/lib/projects/schemas';
import { customerProject } from '../../../_frame/door';
import { ENVIRONMENT_WORDS } from '../../(organisation)/words';
import { LastChanges } from './_overview/last-changes';
import { protectionsOf, segmentState } from './_overview/protections';
import { ProtectionsPanel } from './_overview/protections-panel';
import { WhereSessions, WhyRefused } from './_overview/where-and-why';

type Props = { params: Promise<{ org: string; project: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { org, project } = await params;
  return { title: `${(await customerProject(org, project)).project.name}, overview` };
}

export default async function OverviewPage({ params }: Props) {
  const { org, project: id } = await params;
  const page = await customerProject(org, id);
  const { caller, project, path, base } = page;
  const [now, life] = await Promise.all([beat(caller), activity(caller, project.id)]);
  const protections = protectionsOf(project, now);
  const segments = protections.map((protection) => ({ label: protection.name, state: segmentState(protection) }));
  const gaps = segments.filter(({ state }) => state === 'open').length;
  const closed = segments.filter(({ state }) => state === 'enforced').length;

  return (
    <Page>
      <Perimeter
        segments={segments}
        figures={
          <>
            <Figure label="In session now" value={formatNumber(life.inSession)} />
            <Figure
              label="Refused, 24 h"
              value={formatNumber(life.refused)}
              unit={`of ${formatNumber(life.joins + life.refused)} joins`}
            />
            <Figure
              label="Perimeter"
              value={`${closed} / ${segments.length}`}
              unit={
                gaps === 0 ? 'closed' : <span className="warn medium">{gaps === 1 ? '1 gap' : `${gaps} gaps`}</span>
              }
            />
          </>
        }
      >
        <Row wrap>
          <PageTitle>{project.name}</PageTitle>
          <Tag>{ENVIRONMENT_WORDS[project.environment]}</Tag>
        </Row>
        <Row>
          <span className="small quiet">App ID</span>
          <Id value={project.appId} label="App ID" />
        </Row>
      </Perimeter>
      <Stack gap={6}>
        <Warnings project={project} path={path} />
        <Split
          aside={
            <>
              <WhyRefused refusals={life.refusalsByCode} />
              <WhereSessions regions={life.sessionsByRegion} fence={project.fence.regions} />
            </>
          }
        >
          <Stack gap={6}>
            <ProtectionsPanel protections={protections} path={path} checkedAt={Date.now()} />
            {roleMay(page, 'read', 'AuditEvent') ? (
              <Suspense fallback={<TableSkeleton columns={['Last changes', '']} rows={4} />}>
                <LastChanges caller={caller} projectId={project.id} base={base} />
              </Suspense>
            ) : null}
          </Stack>
        </Split>
      </Stack>
    </Page>
  );
}

/** What makes every row below read differently, said first. */
function Warnings({ project: { mode, status }, path }: { project: ProjectView; path: string }) {
  const settings = (hash: string, words: string) => (
    <ButtonLink size="sm" href={`${path}/settings#${hash}`}>
      {words}
    </ButtonLink>
  );
  return (
    <>
      {status === 'frozen' ? (
        <Note tone="notice" title="Frozen." action={settings('life', 'Unfreeze')}>
          Every edge refuses joins and cuts who was in session. Settings can still be changed.
        </Note>
      ) : null}
      {status === 'archived' ? (
        <Note tone="notice" title="Archived." action={settings('life', 'Restore')}>
          Every edge refuses joins. Nothing can be changed until the project is restored.
        </Note>
      ) : null}
      {mode === 'app-id' ? (
        <Note tone="notice" title="App ID only." action={settings('authentication', 'Require tokens')}>
          Whoever knows the App ID may join any channel and publish. Nothing is signed, so nobody can be revoked. Use it
          to try things out.
        </Note>
      ) : null}
    </>
  );
}
