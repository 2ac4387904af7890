/**
 * How long a revoked viewer goes on seeing: the whole way from the REST API over database, control, signature, edge and engine to
 * the last packet a native WHEP player was given, in a running Cordon with the demo world and two edges. Nothing comparable is to be
 * had from others: what they offer ends a session and lets the same token in again.
 */
import { rmSync } from 'node:fs';
import { PlayClient } from '../plane/support/engine-client';
import { type Api, apiOf, type DemoProject, postOffer, projectOf, readDemo, vendorToken } from '../support/demo';
import { newHome, startSystem } from '../support/system';
import { type Result, spread } from './measure';
import { type Arrival, arrivalsAt, created, now, PACKET_EVERY_MS, pause, publish } from './packets';

const BATCHES = 15;
const PLAYERS_AT_ONCE = 20;
/** Below the API's rate of 20 requests a second. */
const REVOKE_EVERY_MS = 120;
const ASK_EVERY_MS = 60;
const TARGET_P99_MS = 500;

interface Trial {
  askedAt: number;
  arrivals: Arrival[];
  seq: number;
}

interface Enforcement {
  expected: number;
  enforced: number;
  edges: { name: string; at: string | null }[];
}

export async function bench(emit: (result: Result) => void): Promise<void> {
  const home = newHome();
  const system = await startSystem({ demo: true, home });
  try {
    const demo = readDemo(home);
    const project = projectOf(demo, 'Consult');
    const [api, edge] = [apiOf(demo, 'Consult'), system.edges['eu-1']!];
    const publisher = await publish(edge, project);
    const trials: Trial[] = [];
    for (let batch = 0; batch < BATCHES; batch++) trials.push(...(await revokeAll(edge, project, api, batch)));
    publisher.stop();
    await report(trials, api, emit);
  } finally {
    await system.interrupt();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Fresh players, each under a name of its own; then one after another is revoked. */
async function revokeAll(edge: string, project: DemoProject, api: Api, batch: number): Promise<Trial[]> {
  const players = await Promise.all(
    Array.from({ length: PLAYERS_AT_ONCE }, async (_, i) => {
      const account = `viewer-${batch}-${i}`;
      const client = new PlayClient({ video: false });
      const arrivals = arrivalsAt(client);
      const token = vendorToken(project, { user: account, role: 'subscriber' });
      await client.accept(created(await postOffer(edge, 'whep', project, token, { offer: await client.offer() })));
      return { account, client, arrivals };
    }),
  );
  while (players.some(({ arrivals }) => arrivals.length < 10)) await pause(PACKET_EVERY_MS);

  const trials: Trial[] = [];
  for (const { account, arrivals } of players) {
    const askedAt = now();
    const { status, body } = await api('POST', '/revocations', {
      subject: { type: 'user', account },
      reason: 'benchmark',
    });
    if (status !== 201) throw new Error(`the revocation was refused: ${JSON.stringify(body)}`);
    trials.push({ askedAt, arrivals, seq: body.seq });
    await pause(REVOKE_EVERY_MS);
  }
  // Whatever should still come has twice the target to do so.
  await pause(2 * TARGET_P99_MS);
  for (const { client } of players) client.close();
  return trials;
}

async function report(trials: Trial[], api: Api, emit: (result: Result) => void): Promise<void> {
  const none = { peers: {}, ratio: {} };
  let [late, acked, expected] = [0, 0, 0];
  const enforcedAfter: number[] = [];
  for (const { seq, askedAt, arrivals } of trials) {
    const { body } = (await api('GET', `/policy/${seq}`)) as { body: Enforcement };
    acked += body.enforced;
    expected += body.expected;
    const at = Math.max(...body.edges.map((edge) => (edge.at ? Date.parse(edge.at) : Number.POSITIVE_INFINITY)));
    enforcedAfter.push(at - askedAt);
    // By the time of sending: one that was on its way may reach this busy process a moment later.
    late += arrivals.filter(({ sentAt }) => sentAt > at).length;
    await pause(ASK_EVERY_MS);
  }
  const lastPacket = spread(trials.map(({ askedAt, arrivals }) => Math.max(0, arrivals.at(-1)!.at - askedAt)));
  const enforced = spread(enforcedAfter);
  const targets = { p99: TARGET_P99_MS };
  const met = ({ p99 }: { p99: number }): boolean => p99 <= TARGET_P99_MS;
  emit({
    case: 'last packet',
    unit: 'ms',
    ours: lastPacket.p99,
    ...lastPacket,
    ...none,
    targets,
    pass: met(lastPacket),
  });
  emit({
    case: 'enforced everywhere',
    unit: 'ms',
    ours: enforced.p99,
    ...enforced,
    ...none,
    targets,
    pass: met(enforced),
  });
  emit({
    case: 'packets sent after enforced that arrived',
    unit: 'packets',
    ours: late,
    ...none,
    targets: { most: 0 },
    pass: late === 0,
  });
  emit({
    case: 'edges that acknowledged',
    unit: 'edges',
    ours: acked,
    ...none,
    targets: { least: expected },
    pass: expected >= 2 * trials.length && acked === expected,
  });
}
