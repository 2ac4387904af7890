import type { Metadata } from 'next';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { PageActs } from '@/app/_ui/page-acts';
import { Region, RegionSet } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { WorldMap } from '@/app/_ui/world-map';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { beat, listEdges } from '@/lib/fleet';
import { projectCan } from '@/lib/projects';
import { customerProject } from '../../../../_frame/door';
import { allBut, draftHref, everywhere, statesOf } from './_parts/draft';
import { EdgeState } from './_parts/edge-state';
import styles from './_parts/fence.module.css';
import { Order } from './_parts/order';
import { mapEdges } from './_parts/places';
import { RegionChips } from './_parts/region-chips';
import { VocabularyTable } from './_parts/vocabulary-table';

export const metadata: Metadata = { title: 'Fence' };

export default async function FencePage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: id } = await params;
  const page = await customerProject(org, id);
  const { project, path } = page;
  const [edges, fleet] = await Promise.all([listEdges(page.caller), beat(page.caller)]);
  const { regions, version } = project.fence;
  const state = projectCan('change', project);
  const why = roleReason(page, 'change-fence', 'Project') ?? (state.allowed ? undefined : state.why);
  const serving = edges.filter(
    (edge) => regions.includes(edge.region) && !['banned', 'offline', 'enrolled'].includes(edge.state),
  );

  return (
    <Page>
      <PageHead
        title="Fence"
        lede="Where media, messages and signalling of this project may run. Every edge outside refuses, whatever a client asks for."
        marks={<RegionSet codes={regions} />}
        acts={
          <ButtonLink href={draftHref(path, regions)} icon="fence" reason={why}>
            Plan a change
          </ButtonLink>
        }
      />
      <PageActs
        acts={[
          {
            id: 'fence-plan',
            label: 'Plan a fence change',
            href: draftHref(path, regions),
            icon: 'fence',
            ...(why ? { reason: why } : {}),
          },
          {
            id: 'fence-global',
            label: 'Plan GLOBAL',
            href: draftHref(path, everywhere(regions)),
            icon: 'globe',
            ...(why ? { reason: why } : {}),
          },
          {
            id: 'fence-but-cn',
            label: 'Plan everything but CN',
            href: draftHref(path, allBut(regions, 'CN')),
            icon: 'globe',
            ...(why ? { reason: why } : {}),
          },
        ]}
      />
      <Split
        width="medium"
        aside={
          <Stack gap={4}>
            <Order path={path} regions={regions} locked={why !== undefined} />
            <DefinitionList
              ruled
              items={[
                { term: 'Fence', value: <Mono>{`fence@${version}`}</Mono> },
                {
                  term: 'Enforced',
                  value: (
                    <Status
                      state={fleet.enforced === fleet.edges ? 'enforced' : 'applied'}
                      word={`${fleet.enforced} of ${fleet.edges} edges`}
                      detail={`policy ${fleet.version.epoch}.${fleet.version.seq}`}
                    />
                  ),
                },
                { term: 'Scope', value: 'signalling, audio, video, data' },
              ]}
            />
            {edges.length > 0 && serving.length === 0 ? (
              <Note tone="notice" title="Nobody can join.">
                No connected edge stands in {regions.join(', ')}. Add a region that has one, or ask your provider for an
                edge there.
              </Note>
            ) : null}
          </Stack>
        }
      >
        <RegionChips path={path} before={regions} after={regions} locked={why !== undefined} />
        <WorldMap regions={statesOf(regions, regions)} edges={mapEdges(edges)} simulated />
      </Split>
      <div className={styles.flush}>
        <Table
          label="Edges and this fence"
          density="map"
          edge
          rows={[...edges].sort((a, b) => Number(regions.includes(b.region)) - Number(regions.includes(a.region)))}
          rowKey={(edge) => edge.name}
          tone={(edge) =>
            edge.state === 'refused'
              ? 'fail'
              : edge.state === 'stale' || edge.state === 'offline'
                ? 'gap'
                : edge.state === 'applying'
                  ? 'motion'
                  : undefined
          }
          columns={[
            { id: 'edge', head: 'Edge', cell: (edge) => <Mono>{edge.name}</Mono> },
            { id: 'region', head: 'Region', cell: (edge) => <Region code={edge.region} /> },
            {
              id: 'joins',
              head: 'New joins',
              cell: (edge) =>
                regions.includes(edge.region) ? (
                  <Status state="enforced" word="Allows" />
                ) : (
                  <Status state="none" word="Refuses" />
                ),
            },
            { id: 'state', head: 'State', cell: (edge) => <EdgeState edge={edge} /> },
            {
              id: 'policy',
              head: 'Enforces',
              hide: true,
              cell: (edge) => (
                <Mono>{edge.enforcedSeq === null ? '–' : `${fleet.version.epoch}.${edge.enforcedSeq}`}</Mono>
              ),
            },
            {
              id: 'live',
              head: 'Your live sessions',
              align: 'num',
              hide: true,
              cell: (edge) => <Num value={edge.liveSessions} />,
            },
            { id: 'seen', head: 'Heard', quiet: true, hide: true, cell: (edge) => <Time at={edge.lastSeenAt} /> },
          ]}
          empty={
            <Empty title="No edges yet" compact>
              The fence is kept and signed; an edge enforces it from its first connection on. Your provider enrols
              edges.
            </Empty>
          }
        />
      </div>
      <VocabularyTable regions={regions} />
    </Page>
  );
}
