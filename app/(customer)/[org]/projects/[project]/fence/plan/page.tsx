import type { Metadata } from 'next';
import { ButtonLink } from '@/app/_ui/button';
import { Crumb } from '@/app/_ui/crumb';
import { Diff } from '@/app/_ui/diff';
import { Empty } from '@/app/_ui/empty';
import { Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel, Section } from '@/app/_ui/panel';
import { one, type Params } from '@/app/_ui/query';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono, Num } from '@/app/_ui/text';
import { WorldMap } from '@/app/_ui/world-map';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges } from '@/lib/fleet';
import { planFence } from '@/lib/policy';
import type { FencePlan } from '@/lib/policy/schemas';
import { projectCan } from '@/lib/projects';
import { customerProject } from '../../../../../_frame/door';
import { fenceText, planTitle, readDraft, sameFence, statesOf } from '../_parts/draft';
import styles from '../_parts/fence.module.css';
import { Order } from '../_parts/order';
import { mapEdges } from '../_parts/places';
import { RegionChips } from '../_parts/region-chips';
import { ApplyFence } from './apply';

export const metadata: Metadata = { title: 'Fence plan' };

type PlannedEdge = FencePlan['edges'][number];
const JOINS = {
  allows: <Status state="enforced" word="Allows" />,
  refuses: <Status state="none" word="Refuses" />,
  stops_allowing: <Status state="open" word="Allows, then refuses" />,
  starts_allowing: <Status state="applied" word="Refuses, then allows" />,
} as const satisfies Record<PlannedEdge['effect'], unknown>;
const ORDER = { stops_allowing: 0, starts_allowing: 1, allows: 2, refuses: 3 } as const;

function effect({ effect: is, cut, region }: PlannedEdge, allowed: readonly string[]): string {
  if (is === 'starts_allowing') return `Joins in ${region} are admitted`;
  if (is === 'stops_allowing')
    return cut > 0 ? `Sessions cut, told to join in ${allowed.join(', ')}` : 'New joins refused';
  return 'No change';
}

export default async function PlanPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string; project: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org, project: id }, search] = await Promise.all([params, searchParams]);
  const page = await customerProject(org, id);
  const { project, path, caller } = page;
  const before = project.fence.regions;
  const { regions: after, problem } = readDraft(one(search, 'regions'), before);
  const [plan, edges] = await Promise.all([planFence(caller, project.id, { regions: after }), listEdges(caller)]);
  const same = sameFence(before, after);
  const state = projectCan('change', project);
  const locked = roleReason(page, 'change-fence', 'Project') ?? (state.allowed ? undefined : state.why);
  const reason = locked ?? (same ? 'This is the fence as it is. Allow or refuse a region.' : undefined);
  const kept = plan.edges.reduce((sum, edge) => sum + (edge.effect === 'allows' ? edge.live : 0), 0);
  const homeless = !plan.edges.some((edge) => after.includes(edge.region));

  return (
    <Page>
      <Crumb items={[{ label: 'Plan' }]} />
      <PageHead
        title={planTitle(before, after)}
        lede={`Nothing has changed yet. Applying asks you to confirm it; one click puts version ${project.fence.version} back.`}
        acts={
          <>
            <ButtonLink href={`${path}/fence`} variant="ghost">
              Discard
            </ButtonLink>
            <ApplyFence
              organisationId={page.organisation.id}
              projectId={project.id}
              name={project.name}
              regions={after}
              edges={plan.edges.length}
              reason={reason}
            />
          </>
        }
      />
      {problem ? (
        <Note tone="notice" title="The address of this page names no fence.">
          {problem}. Shown is the fence as it is.
        </Note>
      ) : null}
      <Split
        width="medium"
        aside={
          <Stack gap={5}>
            <Panel
              title="Change"
              note={<Mono>{`fence@${project.fence.version} → ${project.fence.version + (same ? 0 : 1)}`}</Mono>}
              flush
            >
              <Diff
                label="Before and after"
                lines={[
                  { key: 'scope', value: 'audio video data' },
                  ...(same
                    ? [{ key: 'allow', value: fenceText(before) }]
                    : ([
                        { sign: '-', key: 'allow', value: fenceText(before) },
                        { sign: '+', key: 'allow', value: fenceText(after) },
                      ] as const)),
                ]}
              />
            </Panel>
            <Section title="If you apply now">
              <dl className={styles.effects}>
                <dt className={plan.sessionsCut > 0 ? styles.bad : undefined}>
                  <Num value={plan.sessionsCut} />
                </dt>
                <dd>live sessions are cut, told to join in {after.join(', ')}</dd>
                <dt className={plan.channelsTouched.length > 0 ? styles.bad : undefined}>
                  <Num value={plan.channelsTouched.length} />
                </dt>
                <dd className={styles.channels}>
                  channels lose somebody
                  {plan.channelsTouched.length > 0 ? ': ' : ''}
                  {plan.channelsTouched.slice(0, 6).map((channel) => (
                    <span key={channel} className="mono">
                      {channel}{' '}
                    </span>
                  ))}
                  {plan.channelsTouched.length > 6 ? `and ${plan.channelsTouched.length - 6} more` : null}
                </dd>
                <dt>
                  <Num value={plan.joinsRefusedLastDay} />
                </dt>
                <dd>joins of the last 24 h would be refused</dd>
                <dt>
                  <Num value={kept} />
                </dt>
                <dd>sessions inside go on untouched</dd>
              </dl>
            </Section>
            <Order path={path} regions={after} locked={locked !== undefined} />
            {homeless ? (
              <Note tone="notice" title="Nobody could join.">
                No edge stands in {after.join(', ')}.
              </Note>
            ) : null}
          </Stack>
        }
      >
        <RegionChips path={path} before={before} after={after} locked={locked !== undefined} />
        <WorldMap regions={statesOf(before, after)} edges={mapEdges(edges)} simulated />
      </Split>
      <div className={styles.flush}>
        <Table
          label="Effect per edge"
          density="map"
          edge
          rows={[...plan.edges].sort((a, b) => ORDER[a.effect] - ORDER[b.effect] || b.live - a.live)}
          rowKey={(edge) => edge.name}
          tone={(edge) => (edge.cut > 0 ? 'gap' : undefined)}
          columns={[
            { id: 'edge', head: 'Edge', cell: (edge) => <Mono>{edge.name}</Mono> },
            { id: 'region', head: 'Region', cell: (edge) => <Region code={edge.region} /> },
            { id: 'joins', head: 'New joins', cell: (edge) => JOINS[edge.effect] },
            { id: 'live', head: 'Live', align: 'num', cell: (edge) => <Num value={edge.live} /> },
            { id: 'cut', head: 'Cut', align: 'num', strong: true, cell: (edge) => <Num value={edge.cut} /> },
            { id: 'effect', head: 'Effect', grow: true, quiet: true, hide: true, cell: (edge) => effect(edge, after) },
          ]}
          empty={
            <Empty title="No edges yet" compact>
              The fence is kept and signed; an edge enforces it from its first connection on.
            </Empty>
          }
        />
      </div>
    </Page>
  );
}
