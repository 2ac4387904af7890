'use client';
/** One change arriving at every edge: asks for its standing until each edge in contact enforces it, then stops. */
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Empty } from '@/app/_ui/empty';
import { Figure, Figures } from '@/app/_ui/figure';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { Steps } from '@/app/_ui/steps';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { EnforcementTrack, type Leg, TrackHead } from '@/app/_ui/track';
import type { Enforcement } from '@/lib/policy/schemas';
import { type ChangeEdge, closed, seconds, slowestFirst, slowestMs, steps } from '../_parts/progress';

const EVERY_MS = 500;
/** After a minute something is wrong at an edge; asking less often is enough. */
const PATIENT_AFTER = 120;
const PATIENT_MS = 5_000;

function useEnforcement(initial: Enforcement, url: string): { now: Enforcement; silent: boolean } {
  const [now, setNow] = useState(initial);
  const [silent, setSilent] = useState(false);
  const router = useRouter();
  const done = closed(now);

  useEffect(() => {
    if (done) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let asked = 0;
    const ask = async () => {
      try {
        const answer = await fetch(url, { signal: stop.signal, cache: 'no-store' });
        if (!answer.ok) throw new Error(String(answer.status));
        const next = (await answer.json()) as Enforcement;
        setNow(next);
        setSilent(false);
        // The frame's beat and the map are the server's; they follow once.
        if (closed(next)) return router.refresh();
      } catch {
        if (stop.signal.aborted) return;
        setSilent(true);
      }
      timer = setTimeout(ask, ++asked < PATIENT_AFTER ? EVERY_MS : PATIENT_MS);
    };
    timer = setTimeout(ask, EVERY_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [done, url, router]);
  return { now, silent };
}

const STATES = {
  pending: ['planned', 'Pushed'],
  applied: ['applied', 'Applied'],
  enforced: ['enforced', 'Enforced'],
  offline: ['offline', 'No contact'],
  refused: ['failed', 'Rejected'],
} as const satisfies Record<ChangeEdge['stage'], readonly [string, string]>;

const LEGS: Readonly<Record<ChangeEdge['stage'], readonly [Leg, Leg]>> = {
  pending: ['moving', 'todo'],
  applied: ['done', 'moving'],
  enforced: ['done', 'done'],
  offline: ['todo', 'todo'],
  refused: ['todo', 'todo'],
};

const WORDS: Readonly<Record<ChangeEdge['stage'], (edge: ChangeEdge) => string>> = {
  pending: () => 'waiting for its answer',
  applied: () => 'new joins obey; live sessions follow',
  enforced: ({ cut }) => (cut > 0 ? `${cut} cut` : 'none cut'),
  offline: () => 'takes it when it returns',
  refused: () => 'keeps the policy before',
};

export function ChangeLive({ initial, url, since }: { initial: Enforcement; url: string; since: number | null }) {
  const { now, silent } = useEnforcement(initial, url);
  const done = closed(now);
  const slowest = slowestMs(now, since);
  const offline = now.edges.filter(({ stage }) => stage === 'offline').length;
  const cut = now.edges.reduce((sum, edge) => sum + edge.cut, 0);

  return (
    <Stack gap={5}>
      <Steps items={steps(now)} label="How far the change is" />
      <Figures>
        <Figure label="Enforced" value={now.enforced} unit={`/ ${now.edges.length}`} size="big" />
        {slowest === null ? null : (
          <Figure label={done ? 'Slowest' : 'Slowest so far'} value={seconds(slowest)} unit="s" size="big" />
        )}
        <Figure label="Sessions cut" value={cut} size="big" />
      </Figures>
      <p className="sr" role="status">
        {done
          ? `Enforced on ${now.enforced} of ${now.edges.length} edges.`
          : `Enforced on ${now.enforced} of ${now.edges.length} edges so far.`}
      </p>
      {silent ? (
        <Note tone="notice" title="The console does not answer.">
          The change is signed and goes on to the edges by itself; the numbers here are the last ones known.
        </Note>
      ) : null}
      {offline > 0 ? (
        <Note tone="notice" title={`${offline} ${offline === 1 ? 'edge is' : 'edges are'} without contact.`}>
          It enforces the policy it holds, until its lease for new joins runs out, and takes this change first when it
          returns.
        </Note>
      ) : null}
      <Table
        label="Enforcement per edge"
        density="map"
        edge
        rows={slowestFirst(now.edges)}
        rowKey={(edge) => edge.name}
        tone={(edge) =>
          edge.stage === 'refused'
            ? 'fail'
            : edge.stage === 'offline'
              ? 'gap'
              : edge.stage === 'enforced'
                ? undefined
                : 'motion'
        }
        columns={[
          { id: 'edge', head: 'Edge', cell: (edge) => <Mono>{edge.name}</Mono> },
          { id: 'region', head: 'Region', cell: (edge) => <Region code={edge.region} /> },
          {
            id: 'state',
            head: 'State',
            cell: (edge) => <Status state={STATES[edge.stage][0]} word={STATES[edge.stage][1]} />,
          },
          {
            id: 'track',
            head: <TrackHead />,
            hide: true,
            cell: (edge) => <EnforcementTrack applied={LEGS[edge.stage][0]} enforced={LEGS[edge.stage][1]} />,
          },
          {
            id: 'at',
            head: since === null ? 'At' : 'After',
            align: 'num',
            cell: (edge) => <After edge={edge} since={since} />,
          },
          { id: 'sessions', head: 'Sessions', hide: true, cell: (edge) => WORDS[edge.stage](edge) },
        ]}
        empty={
          <Empty title="No edges yet" compact>
            The change is kept and signed; every edge takes it with its first connection.
          </Empty>
        }
      />
    </Stack>
  );
}

function After({ edge, since }: { edge: ChangeEdge; since: number | null }) {
  if (edge.stage !== 'enforced' && edge.stage !== 'applied') return '…';
  if (edge.at === null) return '–';
  const elapsed = since === null ? null : Date.parse(edge.at) - since;
  if (elapsed === null || elapsed < 0 || elapsed > 3_600_000) return <Time at={edge.at} mode="clock" />;
  return <Mono>{`+${seconds(elapsed)} s`}</Mono>;
}
