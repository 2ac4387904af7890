/**
 * How long somebody of the provider goes on hearing a customer's channel once security has revoked the grant: from the act over keyring, database,
 * control, signature, edge and engine to the last packet that a native client was given, in a running Cordon with the demo world and two edges.
 * Every observer has a grant of their own, asked for and agreed to by signatures.
 */
import { rmSync } from 'node:fs';
import type { Opened } from '@/lib/grants/schemas';
import { TestSocket } from '../plane/edge-world';
import { PlayClient } from '../plane/support/engine-client';
import { projectOf, readDemo } from '../support/demo';
import { type Hands, lendHands } from '../support/hands';
import { newHome, startSystem } from '../support/system';
import { type Result, spread } from './measure';
import { type Arrival, arrivalsAt, now, PACKET_EVERY_MS, pause, publish } from './packets';

const BATCHES = 6;
const OBSERVERS_AT_ONCE = 10;
const REVOKE_EVERY_MS = 200;
const TARGET_P50_MS = 1_000;
/** The edges hear of a session a moment after it was confirmed. */
const HEARD_MS = 10_000;
/** Packets that come before the revocation show that somebody listens. */
const LISTENING_MS = 200;
const [ADMINISTRATOR, SECURITY, EMPLOYEE] = ['admin', 'security', 'support'].map(
  (name) => `${name}@provider.example`,
) as [string, string, string];

type Watching = Extract<Opened, { through: 'media-plane' }>;

interface Observer {
  request: string;
  client: PlayClient;
  socket: TestSocket;
  arrivals: Arrival[];
}

interface Trial {
  askedAt: number;
  lastAt: number;
  toldAt: number;
}

export async function bench(emit: (result: Result) => void): Promise<void> {
  const home = newHome();
  const system = await startSystem({ demo: true, home });
  const hands = await lendHands(system);
  try {
    const project = projectOf(readDemo(home), 'Consult');
    const edge = system.edges['eu-1']!;
    const give = await found(hands, `app:${project.appId}`);
    const publisher = await publish(edge, project);
    const trials: Trial[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const observers: Observer[] = [];
      for (let i = 0; i < OBSERVERS_AT_ONCE; i++) observers.push(await listen(edge, await give()));
      trials.push(...(await revokeAll(hands, observers)));
    }
    publisher.stop();
    report(trials, emit);
  } finally {
    hands.stop();
    await system.interrupt();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Everything that access takes; answers what gives the employee another grant and a session under it. */
async function found(hands: Hands, target: string) {
  const members = [ADMINISTRATOR, SECURITY, EMPLOYEE];
  const [employee, approver] = [EMPLOYEE, SECURITY];
  for (const email of members) await hands.act({ do: 'equip', realm: 'staff', email });
  await hands.act({ do: 'found-committee', members, employee, approver });
  await hands.act({ do: 'complete-records', members, employee, approver });
  const policy = await hands.act<string>({ do: 'open-target', administrator: ADMINISTRATOR, target });
  return async () => {
    const request = await hands.act<string>({ do: 'grant', employee, approver, policy, target });
    const of = await hands.act<Watching>({ do: 'watch', employee, request, target, channel: 'room' });
    return { request, of };
  };
}

async function listen(edge: string, { request, of }: { request: string; of: Watching }): Promise<Observer> {
  const socket = await joined(edge, of);
  const client = new PlayClient({ video: false });
  const arrivals = arrivalsAt(client);
  await socket.send({ type: 'offer', id: 'p', direction: 'subscribe', sdp: await client.offer() });
  await client.accept((await socket.next('answer')).sdp);
  return { request, client, socket, arrivals };
}

async function joined(edge: string, { appId, channel, account, token }: Watching): Promise<TestSocket> {
  for (const until = now() + HEARD_MS; ; ) {
    const socket = new TestSocket(edge);
    await socket.send({ type: 'join', appId, channel, account, token });
    const answer = await Promise.race([socket.next('joined'), socket.next('refused')]);
    if (answer.type === 'joined') return socket;
    socket.close();
    if (answer.code !== 'observer.no_grant' || now() > until) throw new Error(`the edge refused: ${answer.code}`);
    await pause(PACKET_EVERY_MS);
  }
}

/** One after another, by security, as the console does it. */
async function revokeAll(hands: Hands, observers: readonly Observer[]): Promise<Trial[]> {
  const asked: number[] = [];
  const told: Promise<number>[] = [];
  for (const { request, socket, arrivals } of observers) {
    while (now() - (arrivals.at(-1)?.at ?? 0) > LISTENING_MS) await pause(PACKET_EVERY_MS);
    told.push(socket.next('cut', 10 * TARGET_P50_MS).then(() => now()));
    asked.push(now());
    await hands.act({ do: 'revoke', approver: SECURITY, request });
    await pause(REVOKE_EVERY_MS);
  }
  const toldAt = await Promise.all(told);
  // Whatever should still come has time to do so.
  await pause(TARGET_P50_MS);
  return observers.map(({ client, socket, arrivals }, i) => {
    client.close();
    socket.close();
    return { askedAt: asked[i]!, lastAt: arrivals.at(-1)!.at, toldAt: toldAt[i]! };
  });
}

function report(trials: readonly Trial[], emit: (result: Result) => void): void {
  const times = {
    'last packet of an observer': trials.map(({ askedAt, lastAt }) => Math.max(0, lastAt - askedAt)),
    'the observer is told': trials.map(({ askedAt, toldAt }) => toldAt - askedAt),
  };
  for (const [name, values] of Object.entries(times)) {
    const found = spread(values);
    emit({
      ...{ case: name, unit: 'ms', ours: found.p50, ...found, peers: {}, ratio: {} },
      targets: { p50: TARGET_P50_MS },
      pass: found.p50 <= TARGET_P50_MS,
    });
  }
}
