import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type pg from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { append } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { MAX_EDGE_FRAME } from '@/lib/kernel/bundle/frames';
import { type Keyring, KeyringError } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import { ACCESS_PATHS } from '@/lib/uplink/access-sync';
import type { Access, AccessRefusal } from './access';
import { Admission } from './admission';
import type { ServerIdentity } from './certificate';
import { identifyPeer, type Peer, sameKey } from './peer';
import { Session, type SessionContext } from './session';
import { inTransaction, readEdge, redeemJoinToken, saveCertificate } from './store';

/**
 * The HTTPS listener edges dial, TLS 1.3 only: `POST /enroll` (a join token, no certificate yet), `POST /renew` (the edge's own
 * certificate, even an expired one) and the WebSocket `/fence-sync` (a valid certificate of an edge that is not banned). The same three for gateways
 * and hosts under `ACCESS_PATHS`.
 */
export interface ListenerOptions {
  host: string;
  port: number;
  identity: ServerIdentity;
  pool: pg.Pool;
  keyring: Keyring;
  session: SessionContext;
  access: Access;
  log: Log;
}

export interface Listener {
  readonly port: number;
  use(identity: ServerIdentity): void;
  stop(): Promise<void>;
}

const MAX_BODY = 16 * 1024;
const enrolment = z.object({
  token: z.string().min(16).max(256),
  csr: z.string().max(8192),
  url: z.string().max(512),
  relay: z.string().max(512),
});
const renewal = z.object({ csr: z.string().max(8192) });

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

export async function listen(options: ListenerOptions): Promise<Listener> {
  const { session, access, log } = options;
  let { identity } = options;
  let authority = new X509Certificate(identity.authority);
  const tls = () => ({ key: identity.key, cert: identity.chain, ca: identity.authority });
  const server = createServer(
    // Who the peer is, `peerOf` decides: enrolling edges have no certificate, renewing ones perhaps an expired one.
    { ...tls(), minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false, handshakeTimeout: 10_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.error('listener.failed', { error });
        if (!response.headersSent) send(response, 500, { code: 'internal' });
      });
    },
  );
  server.requestTimeout = 15_000;
  server.headersTimeout = 10_000;
  const admission = new Admission();
  server.prependListener('connection', (socket: Socket) => {
    if (!admission.admit(performance.now())) socket.destroy();
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());

  const peerOf = (request: IncomingMessage): Peer | null =>
    identifyPeer((request.socket as TLSSocket).getPeerCertificate().raw, authority, Date.now());

  const accessPeerOf = (request: IncomingMessage) =>
    access.identify((request.socket as TLSSocket).getPeerCertificate().raw, authority);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readJson(request);
      if (request.method !== 'POST') throw new Refused(404, 'not_found');
      if (request.url === '/enroll') send(response, 200, await enrol(body));
      else if (request.url === '/renew') send(response, 200, await renew(body, peerOf(request)));
      else if (request.url === ACCESS_PATHS.enrol) sendAccess(response, await access.enrol(body));
      else if (request.url === ACCESS_PATHS.renew)
        sendAccess(response, await access.renew(body, accessPeerOf(request)));
      else throw new Refused(404, 'not_found');
    } catch (error) {
      const refusal = toRefused(error);
      if (!refusal) throw error;
      log.warn('listener.refused', {
        route: request.url === '/enroll' || request.url === '/renew' ? request.url : 'other',
        code: refusal.code,
      });
      send(response, refusal.status, { code: refusal.code });
    }
  }

  async function enrol(body: unknown): Promise<object> {
    const parsed = enrolment.safeParse(body);
    if (!parsed.success) throw new Refused(422, 'request.invalid');
    const { token, csr, url, relay } = parsed.data;
    // The token is used up and the certificate stored together: a keyring that is away costs no token.
    return await inTransaction(options.pool, async (client) => {
      const edge = await redeemJoinToken(client, createHash('sha256').update(token).digest(), url, relay);
      if (!edge) throw new Refused(403, 'enroll.refused');
      const { name, region } = edge;
      const { certificate, expiresAt } = await options.keyring.call('edge.certificate', {
        name,
        region,
        csr,
        hosts: hostsOf(relay),
      });
      await saveCertificate(client, name, certificate, expiresAt);
      await append(onConnection(client), {
        schema: 'edge.enrolled@1',
        outcome: 'success',
        actor: { kind: 'edge', id: name },
        object: { type: 'edge', id: name },
        fields: { region },
      });
      log.info('edge.enrolled', { edge: name, region, expiresAt });
      return { name, region, certificate, policyKeys: identity.policyKeys };
    });
  }

  async function renew(body: unknown, peer: Peer | null): Promise<object> {
    const parsed = renewal.safeParse(body);
    if (!parsed.success) throw new Refused(422, 'request.invalid');
    const edge = peer && (await readEdge(options.pool, peer.name));
    if (!peer || !edge || edge.banned || edge.region !== peer.region) throw new Refused(403, 'renew.refused');
    // Enrolled anew meanwhile: the former key is nobody's any more.
    if (!edge.certificate || !sameKey(edge.certificate, peer.certificate)) throw new Refused(403, 'renew.refused');
    const { name, region } = peer;
    const { csr } = parsed.data;
    const { certificate, expiresAt } = await options.keyring.call('edge.certificate', {
      name,
      region,
      csr,
      hosts: hostsOf(edge.relay),
    });
    await saveCertificate(options.pool, name, certificate, expiresAt);
    log.info('edge.renewed', { edge: name, region, expiresAt });
    return { certificate };
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_EDGE_FRAME, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    (request.url === ACCESS_PATHS.sync ? upgradeAccess(request) : upgradeEdge(request)).then(
      (connect) => sockets.handleUpgrade(request, socket, head, connect),
      (error: unknown) => {
        const refusal = toRefused(error) ?? new Refused(503, 'unavailable');
        log.warn('edge.connection_refused', { code: refusal.code });
        socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      },
    );
  });

  async function upgradeEdge(request: IncomingMessage): Promise<(socket: WebSocket) => void> {
    const peer = await admit(request);
    return (socket) => void new Session(socket, peer, session);
  }

  async function upgradeAccess(request: IncomingMessage): Promise<(socket: WebSocket) => void> {
    const peer = accessPeerOf(request);
    const refusal = await access.refuses(peer);
    if (refusal) throw new Refused(refusal.status, refusal.code);
    return (socket) => access.connect(socket, peer!);
  }

  async function admit(request: IncomingMessage): Promise<Peer> {
    if (request.url !== '/fence-sync') throw new Refused(404, 'not_found');
    const peer = peerOf(request);
    if (!peer || peer.expiresAt <= Date.now()) throw new Refused(403, 'edge.certificate');
    const edge = await readEdge(options.pool, peer.name);
    if (!edge || edge.banned || edge.region !== peer.region) throw new Refused(403, 'edge.banned');
    if (!edge.certificate || !sameKey(edge.certificate, peer.certificate)) throw new Refused(403, 'edge.superseded');
    return peer;
  }

  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    use(next) {
      identity = next;
      authority = new X509Certificate(next.authority);
      server.setSecureContext(tls());
    },
    stop: () => stop(server, session),
  };
}

async function stop(server: Server, { hub }: SessionContext): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  hub.closeAll();
  server.closeAllConnections();
  await closed;
}

/** The host other edges dial, for the certificate; an address without a usable host gives none. */
function hostsOf(relay: string): string[] {
  const host = relay.slice(0, relay.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return /^[A-Za-z0-9.:-]{1,253}$/.test(host) ? [host.toLowerCase()] : [];
}

function sendAccess(response: ServerResponse, answer: { certificate: string } | AccessRefusal): void {
  if ('status' in answer) throw new Refused(answer.status, answer.code);
  send(response, 200, answer);
}

function toRefused(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  if (!(error instanceof KeyringError)) return null;
  return error.refusal === 'csr.refused' ? new Refused(422, 'request.invalid') : new Refused(503, 'unavailable');
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Refused(413, 'request.too_large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(422, 'request.invalid');
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' });
  response.end(JSON.stringify(body));
}
