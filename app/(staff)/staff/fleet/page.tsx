import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { formatNumber } from '@/app/_ui/format';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { type Params, withParams } from '@/app/_ui/query';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { type Column, Table } from '@/app/_ui/table';
import { Simulated } from '@/app/_ui/tag';
import { Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { fleetState, staffFleet } from '@/lib/fleet';
import type { EdgeDetail } from '@/lib/fleet/schemas';
import { isRegion, REGION_NAMES } from '@/lib/kernel/region';
import { staff } from '../../_frame/door';
import { EDGE_STATES, STATE_ORDER } from '../../_parts/edge-state';
import { EdgePanel } from './edge-panel';
import { ExpectEdge } from './expect-edge';
import { FleetTop } from './fleet-top';
import { mebibytes } from './numbers';

export const metadata: Metadata = { title: 'Fleet' };

const PATH = '/staff/fleet';

export default async function FleetPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const [edges, { version }] = await Promise.all([staffFleet(page.secret), fleetState(page.secret)]);
  const q = typeof params.q === 'string' ? params.q.trim().toLowerCase() : '';
  const state = STATE_ORDER.find((known) => known === params.state);
  const region = isRegion(params.region) ? params.region : undefined;
  const shown = edges
    .filter((edge) => edge.name.includes(q) && (!state || edge.state === state) && (!region || edge.region === region))
    .sort((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || a.name.localeCompare(b.name));
  const open = edges.find(({ name }) => name === params.open);
  const opened = (name: string | null) => withParams(PATH, params, { open: name });
  const sessions = edges.reduce((sum, edge) => sum + edge.liveSessions, 0);
  // Both the role and the row policies of the database know administrators only.
  const reason = page.staffRole === 'administrator' ? undefined : 'Only an administrator of the provider may do this.';

  return (
    <Page>
      <PageHead
        title="Fleet"
        count={
          edges.length === 0
            ? undefined
            : `${edges.length} edges, ${formatNumber(sessions)} sessions, policy ${version.epoch}.${version.seq}`
        }
        marks={<Simulated what="regions" />}
        acts={
          <>
            {edges.length > 0 ? <AutoRefresh seconds={10} /> : null}
            <ExpectEdge reason={reason} />
          </>
        }
      />
      {edges.length === 0 ? (
        <Empty title="No edge yet">
          An edge is a server that carries media and enforces policy where it runs. Expect one here, start it with the
          token you are given, and it joins by itself.
        </Empty>
      ) : (
        <>
          <FleetTop edges={edges} />
          <Filters
            path={PATH}
            params={params}
            search={{ name: 'q', value: q, placeholder: 'Find an edge' }}
            chips={[
              ...(state ? [{ key: 'State', value: EDGE_STATES[state].word, param: 'state' }] : []),
              ...(region ? [{ key: 'Region', value: region, param: 'region' }] : []),
            ]}
            add={[
              {
                label: 'State',
                param: 'state',
                options: STATE_ORDER.map((value) => ({ value, label: EDGE_STATES[value].word })),
              },
              {
                label: 'Region',
                param: 'region',
                options: [...new Set(edges.map((edge) => edge.region))].map((value) => ({
                  value,
                  label: value,
                  note: REGION_NAMES[value],
                })),
              },
            ]}
          />
          <Table
            label="Edges"
            density="map"
            edge
            rows={shown}
            rowKey={({ name }) => name}
            href={({ name }) => opened(name)}
            selected={({ name }) => name === open?.name}
            tone={({ state: is }) => (is === 'refused' ? 'fail' : is === 'stale' ? 'gap' : undefined)}
            columns={COLUMNS}
            empty={
              <Empty
                title="No edge fits these filters"
                action={
                  <Link className="link" href={PATH}>
                    Show all edges
                  </Link>
                }
              >
                {edges.length} edges are there.
              </Empty>
            }
            foot={
              <Pager
                shown={shown.length}
                total={edges.length}
                noun="edges"
                note="State is read from the last contact, not from what an edge last said."
              />
            }
          />
        </>
      )}
      {open ? <EdgePanel edge={open} version={version} closeHref={opened(null)} reason={reason} /> : null}
    </Page>
  );
}

const seq = (value: number | null) => (value === null ? '–' : <Mono>{String(value)}</Mono>);

const COLUMNS: Column<EdgeDetail>[] = [
  { id: 'name', head: 'Edge', cell: ({ name }) => <Mono>{name}</Mono> },
  { id: 'region', head: 'Region', cell: ({ region }) => <Region code={region} /> },
  {
    id: 'state',
    head: 'State',
    cell: ({ state }) => <Status state={EDGE_STATES[state].glyph} word={EDGE_STATES[state].word} />,
  },
  { id: 'applied', head: 'Applied', align: 'num', hide: true, cell: ({ appliedSeq }) => seq(appliedSeq) },
  { id: 'enforced', head: 'Enforced', align: 'num', hide: true, cell: ({ enforcedSeq }) => seq(enforcedSeq) },
  {
    id: 'sessions',
    head: 'Sessions',
    align: 'num',
    strong: true,
    cell: ({ liveSessions }) => <Num value={liveSessions} />,
  },
  { id: 'memory', head: 'Memory', align: 'num', hide: true, cell: ({ rssBytes }) => mebibytes(rssBytes) },
  {
    id: 'spool',
    head: 'Waiting',
    align: 'num',
    hide: true,
    cell: ({ spoolDepth, dropped }) => (
      <>
        <Num value={spoolDepth} />
        {dropped ? <span className="warn"> {formatNumber(dropped)} lost</span> : null}
      </>
    ),
  },
  {
    id: 'refusals',
    head: 'Refused, 24 h',
    grow: true,
    hide: true,
    quiet: true,
    cell: ({ lastRefusals: [first, ...more] }) =>
      first ? (
        <span title={[first, ...more].map(({ code, count }) => `${code} ${count}`).join(', ')}>
          <Mono>{first.code}</Mono> {formatNumber(first.count)}
          {more.length > 0 ? `, ${more.length} more` : ''}
        </span>
      ) : (
        'none'
      ),
  },
  { id: 'seen', head: 'Last seen', align: 'num', hide: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  {
    id: 'certificate',
    head: 'Certificate',
    align: 'num',
    hide: true,
    quiet: true,
    cell: ({ certificateExpiresAt }) => <Time at={certificateExpiresAt} />,
  },
];
