import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ButtonLink } from '@/app/_ui/button';
import { Crumb } from '@/app/_ui/crumb';
import { Diff } from '@/app/_ui/diff';
import { Split, Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel } from '@/app/_ui/panel';
import { one, type Params } from '@/app/_ui/query';
import { Mono } from '@/app/_ui/text';
import { WorldMap } from '@/app/_ui/world-map';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges } from '@/lib/fleet';
import { parseFence, type Region } from '@/lib/kernel/region';
import { isCordonError } from '@/lib/platform';
import { enforcement, listRevocations } from '@/lib/policy';
import { customerProject } from '../../../../../_frame/door';
import { draftHref, fenceText, sameFence, statesOf } from '../../fence/_parts/draft';
import { mapEdges } from '../../fence/_parts/places';
import { subjectText } from '../../revocations/_parts/subject';
import { ChangeLive } from './live';

type Route = Promise<{ org: string; project: string; seq: string }>;

export async function generateMetadata({ params }: { params: Route }): Promise<Metadata> {
  return { title: `Change ${(await params).seq}` };
}

export default async function ChangePage({ params, searchParams }: { params: Route; searchParams: Promise<Params> }) {
  const [{ org, project: id, seq: text }, search] = await Promise.all([params, searchParams]);
  const page = await customerProject(org, id);
  const { project, path, caller } = page;
  const seq = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : notFound();
  const [now, edges, revocations] = await Promise.all([
    enforcement(caller, seq).catch((error: unknown) => {
      if (isCordonError(error) && error.status === 404) notFound();
      throw error;
    }),
    listEdges(caller),
    listRevocations(caller, project.id, { limit: 200 }),
  ]);
  // The one that was asked for is the oldest of its change; tokens revoked with a user follow it.
  const revoked = revocations.items.filter((each) => each.seq === seq);
  const revocation = revoked.at(-1);
  const was = parseFence((one(search, 'was') ?? '').split(','));
  const before: readonly Region[] | null = was.ok && !revocation ? was.fence : null;
  const version = Number(one(search, 'version')) || null;
  const since = Number(one(search, 'since')) || null;
  const { regions } = project.fence;
  const undo = before && !sameFence(before, regions) ? draftHref(path, before) : null;

  return (
    <Page>
      <Crumb items={[{ label: `Change ${seq}` }]} />
      <PageHead
        title={
          revocation ? `Revoked: ${subjectText(revocation)}` : before ? `Fence: ${fenceText(regions)}` : `Change ${seq}`
        }
        lede={`Change ${seq}. Edges that have not answered still hold the policy before and come first.`}
        acts={
          undo ? (
            <ButtonLink href={undo} reason={roleReason(page, 'change-fence', 'Project')}>
              {version ? `Put version ${version} back` : 'Put the fence before back'}
            </ButtonLink>
          ) : (
            <ButtonLink href={`${path}/${revocation ? 'revocations' : 'fence'}`}>
              {revocation ? 'All revocations' : 'Open the fence'}
            </ButtonLink>
          )
        }
      />
      <Stack gap={5}>
        {before ? (
          <Split
            width="medium"
            aside={
              <Panel
                title="Change"
                note={version ? <Mono>{`fence@${version} → ${version + 1}`}</Mono> : undefined}
                flush
              >
                <Diff
                  label="Before and after"
                  lines={[
                    { key: 'scope', value: 'audio video data' },
                    { sign: '-', key: 'allow', value: fenceText(before) },
                    { sign: '+', key: 'allow', value: fenceText(regions) },
                  ]}
                />
              </Panel>
            }
          >
            <WorldMap regions={statesOf(before, regions)} edges={mapEdges(edges)} simulated low />
          </Split>
        ) : null}
        {revocation ? (
          <p className="quiet">
            {revocation.reason}
            {revoked.length > 1 ? ` With it, ${revoked.length - 1} wildcard tokens this user had joined with.` : ''}
          </p>
        ) : null}
        <ChangeLive initial={now} url={`${path}/changes/${seq}/status`} since={since} />
      </Stack>
    </Page>
  );
}
