import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { Admission } from './admission';
import { clientAddress, isLoopback } from './admission/address';
import { Channels } from './channels';
import type { EdgeConfig } from './config';
import { DecisionLog } from './decisions';
import { renderMetrics } from './decisions/metrics';
import type { StartedEngine } from './engine';
import type { Log } from './log';
import type { PolicyStore } from './policy';
import { Relay } from './relay';
import type { EdgeIdentity } from './relay/identity';
import { RelayListener } from './relay/listener';
import type { EdgeContext, Via } from './signalling/context';
import { createHandler, HTTP_LIMITS, newTraceId } from './signalling/http';
import { Sockets } from './signalling/websocket';

/**
 * One edge, put together: policy and engine come in, listeners come out. `main.ts` hands in the real ones; tests hand in a
 * policy of their own.
 */
export type EdgePolicy = Pick<
  PolicyStore,
  'index' | 'position' | 'leaseExpiresAt' | 'certificate' | 'onChange' | 'report' | 'record' | 'identity'
>;

export interface Edge {
  /** The bound ports; `relay` is null before enrolment. */
  ports: () => { http: number; relay: number | null };
  sessions: () => number;
  /** Ends every session, then the listeners. Policy and engine belong to the caller. */
  stop(): Promise<void>;
}

export type EdgeSettings = Pick<
  EdgeConfig,
  'name' | 'region' | 'host' | 'port' | 'relayPort' | 'tls' | 'trustedProxies' | 'url'
>;

export async function startEdge(
  settings: EdgeSettings,
  policy: EdgePolicy,
  engine: StartedEngine,
  log: Log,
): Promise<Edge> {
  const { name, region, host } = settings;
  const clock = Date.now;
  const decisions = new DecisionLog((record) => policy.record(record));
  const admission = new Admission({
    edge: { name, region },
    policy,
    decisions,
    freeUid: (appId, channel) => channels.roster.freeUid(appId, channel),
  });
  const channels = new Channels({
    engine,
    redecide: (facts, now) => admission.redecide(facts, now),
    decisions,
    record: (record) => policy.record(record),
    clock,
  });
  const identity = pemOf(policy);
  const relay = new Relay({
    edge: { name, region },
    index: policy.index,
    identity,
    home: (appId, channel) => admission.home(appId, channel),
    log,
  });

  const context: EdgeContext = {
    edge: { name, region, url: settings.url },
    policy,
    admission,
    channels,
    relay,
    engineUp: () => engine.pid() !== null,
    metrics: () => metrics(context, decisions),
    clock,
  };
  const addressOf = clientAddress(settings.trustedProxies);
  const handler = createHandler(context, (request) => isLocal(request, addressOf), log);
  const sockets = new Sockets(context, log);
  const via = (request: IncomingMessage): Via => ({
    address: addressOf(request),
    traceId: newTraceId(),
    relayed: null,
  });

  const server: Server = settings.tls
    ? createHttpsServer({ ...HTTP_LIMITS, ...settings.tls, minVersion: 'TLSv1.2' })
    : createHttpServer(HTTP_LIMITS);
  server.on('request', (request, response) => handler(request, response, via(request)));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    sockets.upgrade(request, socket, head, via(request)),
  );
  server.on('clientError', (_error, socket) => socket.destroy());
  await listen(server, settings.port, host);

  const { relayPort } = settings;
  const knows = relay.knows.bind(relay);
  const listener = new RelayListener({ host, port: relayPort, identity, knows, handler, sockets, log });
  await listener.opened();

  policy.onChange((touched) => channels.sweep(touched));
  policy.report(() => ({ sessions: channels.size, enginePid: engine.pid() }));

  return {
    ports: () => ({ http: (server.address() as AddressInfo).port, relay: listener.port }),
    sessions: () => channels.size,
    async stop() {
      server.close();
      listener.stop();
      await channels.stop();
      decisions.stop();
      await sockets.stop();
      server.closeAllConnections();
      relay.stop();
    },
  };
}

/** The request comes from this machine, and no proxy spoke for somebody else. */
function isLocal(request: IncomingMessage, addressOf: (request: IncomingMessage) => string): boolean {
  return (
    isLoopback(request.socket.remoteAddress ?? '') &&
    isLoopback(addressOf(request)) &&
    !request.headers['x-forwarded-for']
  );
}

function pemOf(policy: Pick<EdgePolicy, 'identity'>): () => EdgeIdentity | null {
  return () => {
    const held = policy.identity();
    return held && { cert: held.certificate, key: held.key, ca: held.authority };
  };
}

function metrics({ policy, channels, engineUp, clock }: EdgeContext, decisions: DecisionLog): string {
  const lease = policy.leaseExpiresAt();
  return renderMetrics(
    [decisions.total, channels.cuts],
    [
      { name: 'cordon_sessions', help: 'Live sessions.', value: channels.size },
      { name: 'cordon_peers', help: 'Live media connections.', value: channels.peers },
      { name: 'cordon_engine_up', help: '1 while the media engine runs.', value: engineUp() ? 1 : 0 },
      { name: 'cordon_policy_epoch', help: 'Epoch of the policy in force.', value: policy.position?.epoch ?? 0 },
      { name: 'cordon_policy_seq', help: 'Sequence number of the policy in force.', value: policy.position?.seq ?? 0 },
      {
        name: 'cordon_lease_seconds',
        help: 'Seconds the lease still runs; negative when it ran out.',
        value: lease === null ? -1 : (lease - clock()) / 1000,
      },
      {
        name: 'process_resident_memory_bytes',
        help: 'Resident memory of the edge process.',
        value: process.memoryUsage.rss(),
      },
    ],
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, isIP(host) === 0 && host === 'localhost' ? '127.0.0.1' : host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
