/**
 * The fence on a map: allowed regions inside a line, leaving ones dashed, refused land hatched.
 * Edges are status rings; joins from outside end in a bar on the line. A text alternative says the same.
 */
import clsx from 'clsx';
import { REGION_NAMES, REGIONS, type Region } from '@/lib/kernel/region';
import { joinPath } from './map/join';
import { type Position, project } from './map/projection';
import { LAND, LAND_REST, LINES, VIEW_BOX } from './map/world';
import { Simulated } from './tag';
import styles from './world-map.module.css';

/** `joining` enters the fence with the plan shown, `leaving` drops out of it; `plain` has no fence at all. */
export type RegionState = 'allowed' | 'joining' | 'leaving' | 'refused' | 'plain';

export interface MapEdge {
  name: string;
  region: Region;
  lon: number;
  lat: number;
  state: 'enforced' | 'applied' | 'open' | 'failed' | 'offline';
  /** Only those that need attention. */
  labelled?: boolean;
}

export interface MapJoin {
  from: Position;
  /** Name of an edge. */
  to: string;
  refused?: boolean;
}

export interface WorldMapProps {
  regions?: Readonly<Partial<Record<Region, RegionState>>>;
  edges?: readonly MapEdge[];
  joins?: readonly MapJoin[];
  /** Region states not given. */
  rest?: RegionState;
  legend?: boolean;
  simulated?: boolean;
  /** Lower, for a page that is mostly a table. */
  low?: boolean;
}

const LABELS: Readonly<Record<Region, readonly [number, number]>> = {
  NA: [196, 112],
  EU: [399, 133],
  AS: [690, 118],
  IN: [634, 258],
  CN: [700, 160],
  JP: [812, 132],
};
const ORDER = { refused: 0, plain: 0, leaving: 1, joining: 2, allowed: 3 } as const;
const WORDS: Readonly<Record<RegionState, string>> = {
  allowed: 'allowed',
  joining: 'joins the fence',
  leaving: 'leaves the fence',
  refused: 'refused',
  plain: 'no fence',
};
const EDGE_WORDS: Readonly<Record<MapEdge['state'], string>> = {
  enforced: 'in sync',
  applied: 'applying',
  open: 'stale',
  failed: 'failed',
  offline: 'offline',
};

export function WorldMap({
  regions = {},
  edges = [],
  joins = [],
  rest = 'refused',
  legend = true,
  simulated,
  low,
}: WorldMapProps) {
  const state = (region: Region) => regions[region] ?? rest;
  const drawn = [...REGIONS].sort((a, b) => ORDER[state(a)] - ORDER[state(b)]);
  const used = new Set(drawn.map(state));
  const open = REGIONS.filter((region) => ['allowed', 'joining', 'leaving'].includes(state(region)));
  const text = [
    ...drawn
      .filter((region) => state(region) !== 'plain')
      .map((region) => `${REGION_NAMES[region]}: ${WORDS[state(region)]}`),
    ...edges.map((edge) => `${edge.name}: ${EDGE_WORDS[edge.state]}`),
  ].join('. ');
  return (
    <figure>
      <div className={clsx(styles.clip, open.length > 0 && open.length < 3 && !open.includes('NA') && styles.east)}>
        <svg
          className={styles.map}
          viewBox={low ? '70 30 800 240' : VIEW_BOX}
          role="img"
          aria-label={`Map of regions. ${text}`}
        >
          <defs>
            <pattern id="map-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <path d="M0 0V5" className={styles.hatch} />
            </pattern>
          </defs>
          <path className={styles.rest} d={LAND_REST} />
          {drawn.map((region) => {
            const is = state(region);
            return (
              <g key={region} className={styles[is]}>
                {is === 'refused' || is === 'plain' ? null : <path className={styles.soft} d={LINES[region]} />}
                <path className={styles.land} d={LAND[region]} />
                {is === 'refused' ? <path fill="url(#map-hatch)" d={LAND[region]} /> : null}
              </g>
            );
          })}
          {open.map((region) => (
            <path key={region} className={clsx(styles.line, styles[`${state(region)}Line`])} d={LINES[region]} />
          ))}
          {joins.map((join) => {
            const edge = edges.find((each) => each.name === join.to);
            return edge ? <Join key={`${join.from.join()}${join.to}`} join={join} edge={edge} /> : null;
          })}
          {edges.map((edge) => (
            <EdgeMark key={edge.name} edge={edge} />
          ))}
          {REGIONS.map((region) => (
            <text
              key={region}
              className={clsx(styles.text, state(region) === 'plain' && styles.quiet)}
              x={LABELS[region][0]}
              y={LABELS[region][1]}
            >
              {region}
            </text>
          ))}
        </svg>
      </div>
      {legend ? (
        <figcaption className={styles.legend}>
          {used.has('allowed') ? <Key kind="allowedKey">Allowed</Key> : null}
          {used.has('joining') ? <Key kind="joiningKey">Joins with this plan</Key> : null}
          {used.has('leaving') ? <Key kind="leavingKey">Leaves the fence</Key> : null}
          {used.has('refused') ? <Key kind="refusedKey">Refused</Key> : null}
          {joins.some((join) => join.refused) ? <Key kind="stoppedKey">Join stopped at the fence</Key> : null}
          {simulated ? (
            <span className={styles.right}>
              <Simulated what="regions" />
            </span>
          ) : null}
        </figcaption>
      ) : null}
    </figure>
  );
}

function Key({ kind, children }: { kind: string; children: string }) {
  return (
    <span className={styles.key}>
      <i className={styles[kind]} />
      {children}
    </span>
  );
}

function EdgeMark({ edge }: { edge: MapEdge }) {
  const [x, y] = project([edge.lon, edge.lat]);
  return (
    <g className={clsx(styles.edge, styles[`${edge.state}Edge`])}>
      <title>{`${edge.name}: ${EDGE_WORDS[edge.state]}`}</title>
      <circle className={styles.ring} cx={x} cy={y} r="3.6" />
      {edge.state === 'enforced' ? <circle className={styles.dot} cx={x} cy={y} r="1.3" /> : null}
      {edge.labelled ? (
        <text className={styles.text} x={x + 7} y={y + 3.5}>
          {edge.name}
        </text>
      ) : null}
    </g>
  );
}

function Join({ join, edge }: { join: MapJoin; edge: MapEdge }) {
  const { path, bar, start } = joinPath(
    project(join.from),
    project([edge.lon, edge.lat]),
    join.refused ? edge.region : null,
  );
  return (
    <g className={join.refused ? styles.stopped : styles.flow}>
      <path className={styles.flowLine} d={path} />
      {bar ? (
        <path className={styles.bar} d="M0 -6V6" transform={`translate(${bar.x} ${bar.y}) rotate(${bar.angle})`} />
      ) : null}
      <circle className={styles.client} cx={start[0]} cy={start[1]} r="2.2" />
    </g>
  );
}
