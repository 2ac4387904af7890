import { createHash, type X509Certificate } from 'node:crypto';
import type pg from 'pg';
import type WebSocket from 'ws';
import { z } from 'zod';
import { append } from '@/lib/audit';
import { listen, onConnection } from '@/lib/db/control';
import type { Keyring } from '@/lib/keyring';
import { type Log, Pulse } from '@/lib/platform';
import { sameKey } from '../peer';
import { inTransaction } from '../store';
import { HostCertificates } from './host-certificates';
import { AccessHub } from './hub';
import { AccessIngest } from './ingest';
import { type AccessPeer, identifyAccessPeer } from './peer';
import { AccessSession } from './session';
import { readPeer, redeemPeerToken, savePeerCertificate } from './store';

/** Seconds between sheets are few, so that a host that hears nothing knows it soon. A change is sent at once. */
const SHEETS_MILLISECONDS = 2_000;
const WATCH_MILLISECONDS = 1_000;

const enrolment = z.object({ token: z.string().min(16).max(256), csr: z.string().max(8192) });
const renewal = z.object({ csr: z.string().max(8192) });

/** Why somebody is turned away. The listener answers with it. */
export type AccessRefusal = { status: number; code: string };
type Answer = { certificate: string } | AccessRefusal;

/** Control's side of access to production: who carries it out, what they are told and what they report. */
export interface Access {
  enrol(body: unknown): Promise<Answer>;
  renew(body: unknown, peer: AccessPeer | null): Promise<Answer>;
  identify(der: Buffer | undefined, authority: X509Certificate): AccessPeer | null;
  /** Why this peer may not connect, or null. */
  refuses(peer: AccessPeer | null): Promise<AccessRefusal | null>;
  connect(socket: WebSocket, peer: AccessPeer): void;
  readonly size: number;
  stop(): Promise<void>;
}

export interface AccessOptions {
  pool: pg.Pool;
  databaseUrl: string;
  keyring: Pick<Keyring, 'call'>;
  log: Log;
}

export function startAccess({ pool, databaseUrl, keyring, log }: AccessOptions): Access {
  const hub = new AccessHub(pool, keyring, log);
  const ingest = new AccessIngest(pool, log);
  const sheets = new Pulse();
  const watch = new Pulse();
  const loop = async (pulse: Pulse, milliseconds: number, turn: () => Promise<void>): Promise<void> => {
    while (!pulse.over) {
      pulse.heard();
      await turn().catch((error: unknown) => log.warn('access.turn_failed', { error }));
      await pulse.rest(milliseconds);
    }
  };
  const loops = [
    loop(sheets, SHEETS_MILLISECONDS, () => hub.sendSheets()),
    loop(watch, WATCH_MILLISECONDS, async () => {
      await hub.enforce(Date.now());
      await hub.sendWatched();
      await ingest.watch(Date.now());
    }),
  ];
  const poke = () => sheets.poke();
  const notices = listen(databaseUrl, ['access'], { message: poke, connected: poke });
  const context = { hub, ingest, certificates: new HostCertificates(pool, keyring, log), log };

  return {
    async enrol(body) {
      const parsed = enrolment.safeParse(body);
      if (!parsed.success) return { status: 422, code: 'request.invalid' };
      const { token, csr } = parsed.data;
      // The token is used up and the certificate stored together: a keyring that is away costs no token.
      return await inTransaction(pool, async (client) => {
        const row = await redeemPeerToken(client, createHash('sha256').update(token).digest());
        if (!row) return { status: 403, code: 'enroll.refused' };
        const { certificate, expiresAt } = await keyring.call('access.certificate', { ...partsOf(row.id), csr });
        await savePeerCertificate(client, row.id, certificate, expiresAt);
        await append(onConnection(client), {
          schema: 'access-peer.enrolled@1',
          outcome: 'success',
          actor: { kind: 'system', id: row.id },
          object: { type: 'access-peer', id: row.id },
          fields: {},
        });
        log.info('access.enrolled', { name: row.id, expiresAt });
        return { certificate };
      });
    },
    async renew(body, peer) {
      const parsed = renewal.safeParse(body);
      if (!parsed.success) return { status: 422, code: 'request.invalid' };
      const row = peer && (await readPeer(pool, peer.id));
      // Enrolled anew meanwhile: the former key is nobody's any more.
      if (!row?.certificate || row.banned || !sameKey(row.certificate, peer!.certificate))
        return { status: 403, code: 'renew.refused' };
      const { csr } = parsed.data;
      const { certificate, expiresAt } = await keyring.call('access.certificate', { ...partsOf(row.id), csr });
      await savePeerCertificate(pool, row.id, certificate, expiresAt);
      return { certificate };
    },
    identify: (der, authority) => identifyAccessPeer(der, authority, Date.now()),
    async refuses(peer) {
      if (!peer || peer.expiresAt <= Date.now()) return { status: 403, code: 'access.certificate' };
      const row = await readPeer(pool, peer.id);
      if (!row || row.banned) return { status: 403, code: 'access.banned' };
      if (!row.certificate || !sameKey(row.certificate, peer.certificate))
        return { status: 403, code: 'access.superseded' };
      return null;
    },
    connect(socket, peer) {
      new AccessSession(socket, peer, context);
    },
    get size() {
      return hub.size;
    },
    async stop() {
      sheets.end();
      watch.end();
      await notices.stop();
      hub.closeAll();
      await Promise.all(loops);
    },
  };
}

function partsOf(id: string): { kind: 'host' | 'gateway'; name: string } {
  const at = id.indexOf(':');
  return { kind: id.slice(0, at) as 'host' | 'gateway', name: id.slice(at + 1) };
}
