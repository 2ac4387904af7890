import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { WebSocket } from 'ws';
import type { DecisionRecord, MeterRecord, SessionRecord } from '@/lib/kernel/bundle/messages';
import type {
  EdgeRef,
  FenceResource,
  ProjectResource,
  Resource,
  RevocationSubject,
  TokenPolicyResource,
} from '@/lib/kernel/bundle/resources';
import { createPolicyIndex, observerAccount } from '@/lib/kernel/decision';
import type { Region } from '@/lib/kernel/region';
import { buildToken, type Privilege, parseToken, rtcPrivileges, tokenIdentity } from '@/lib/kernel/token';
import { createAuthority, issue } from '@/lib/keyring/authority';
import { loadX509 } from '@/lib/keyring/x509';
import { primitives } from '@/lib/primitives';
import { type Edge, type EdgePolicy, startEdge } from '@/media-plane/edge';
import { type StartedEngine, startEngine } from '@/media-plane/engine';
import { createLog } from '@/media-plane/log';
import type { EdgeMessage } from '@/media-plane/signalling/protocol';
import { freeUdpPort, silentLog } from './support/engine-client';

/**
 * Policy for tests of one edge: real resources in the real index, decided by the real `decide`; only the way they
 * arrive (control, signatures, disk) is replaced by calls.
 */
export type AnyRecord = Omit<DecisionRecord, 'n'> | Omit<SessionRecord, 'n'> | Omit<MeterRecord, 'n'>;

export class TestPolicy implements EdgePolicy {
  readonly index = createPolicyIndex();
  position: EdgePolicy['position'] = { epoch: 1, seq: 1, hash: '00' };
  lease: number | null = Date.now() + 60_000;
  readonly records: AnyRecord[] = [];
  readonly certificates = new Map<string, string>();
  held: ReturnType<EdgePolicy['identity']> = null;
  #sweep: (touched: ReadonlySet<string> | 'all') => Promise<{ cut: number }> = async () => ({ cut: 0 });

  leaseExpiresAt(): number | null {
    return this.lease;
  }
  certificate(ref: { id: string }): Uint8Array | null {
    const value = this.certificates.get(ref.id);
    return value === undefined ? null : Buffer.from(value, 'latin1');
  }
  onChange(sweep: (touched: ReadonlySet<string> | 'all') => Promise<{ cut: number }>): void {
    this.#sweep = sweep;
  }
  report(): void {}
  record(record: AnyRecord): void {
    this.records.push(record);
  }
  identity(): ReturnType<EdgePolicy['identity']> {
    return this.held;
  }

  /** What a delta does: swap, then sweep; resolves when live sessions obey. */
  async change(
    put: Resource[],
    del: Parameters<ReturnType<typeof createPolicyIndex>['apply']>[0]['del'] = [],
  ): Promise<{ cut: number }> {
    this.position = { epoch: 1, seq: (this.position?.seq ?? 0) + 1, hash: '00' };
    return this.#sweep(this.index.apply({ put, del }));
  }

  decisions(code?: string): Omit<DecisionRecord, 'n'>[] {
    return this.records
      .filter((record) => record.kind === 'decision')
      .filter((record) => code === undefined || record.code === code);
  }
  sessions(event?: SessionRecord['event']): Omit<SessionRecord, 'n'>[] {
    return this.records
      .filter((record) => record.kind === 'session')
      .filter((record) => event === undefined || record.event === event);
  }
}

export interface TestProject {
  appId: string;
  primary: string;
  resources: Resource[];
}

export interface ProjectChoices {
  fence?: [Region, ...Region[]];
  status?: ProjectResource['status'];
  mode?: ProjectResource['mode'];
  policy?: Partial<Omit<TokenPolicyResource, 'kind' | 'id' | 'version'>>;
  joinSeconds?: number;
}

/** A project with one certificate, known to every policy given. */
export function addProject(policies: readonly TestPolicy[], choices: ProjectChoices = {}): TestProject {
  const appId = randomBytes(16).toString('hex');
  const primary = randomBytes(16).toString('hex');
  const certificateId = `cert-${appId.slice(0, 8)}`;
  const base = { id: appId, version: 1 } as const;
  const project: ProjectResource = {
    ...base,
    kind: 'project',
    projectId: `project-${appId.slice(0, 8)}`,
    organisationId: 'organisation-test',
    name: 'Test project',
    status: choices.status ?? 'active',
    environment: 'development',
    mode: choices.mode ?? 'token',
    certificates: [{ id: certificateId, slot: 'primary', sealed: 'not-used-here' }],
  };
  const fence: FenceResource = { ...base, kind: 'fence', regions: choices.fence ?? ['EU'] };
  const tokenPolicy: TokenPolicyResource = {
    ...base,
    kind: 'tokenPolicy',
    maxLifetimeSeconds: 86_400,
    wildcardChannel: false,
    wildcardUser: true,
    legacy006: false,
    clockSkewSeconds: 0,
    ...choices.policy,
  };
  const staleness: Resource = { ...base, kind: 'staleness', joinSeconds: choices.joinSeconds ?? 300 };
  const resources = [project, fence, tokenPolicy, staleness];
  for (const policy of policies) {
    policy.certificates.set(certificateId, primary);
    policy.index.apply({ put: resources, del: [] });
  }
  return { appId, primary, resources };
}

let revocations = 0;
export const revocation = (
  appId: string,
  subject: RevocationSubject,
  issuedBefore = Math.floor(Date.now() / 1000),
): Resource => ({
  kind: 'revocation',
  id: `revocation-${++revocations}`,
  version: 1,
  appId,
  subject,
  issuedBefore,
});

/** What the keyring puts into a policy when somebody of the provider may watch: the token for it, and until when (Unix seconds). */
export function observation(
  project: TestProject,
  until: number,
  choices: TokenChoices = {},
): { resource: Resource; account: string; token: string } {
  const session = `ssn_${randomBytes(16).toString('hex')}`;
  const account = observerAccount(session);
  const privileges = [{ id: 1, seconds: 0 }];
  const text = token(project, { privileges, lifetimeSeconds: 3600, ...choices, account });
  const read = parseToken(text, primitives);
  if (!read.ok) throw new Error(read.reason);
  const tokenId = tokenIdentity(read.token, primitives, { channel: choices.channel ?? 'room', account })!;
  const resource: Resource = { kind: 'observation', id: session, version: 1, appId: project.appId, tokenId, until };
  return { resource, account, token: text };
}

export const edgesResource = (edges: EdgeRef[], generation = 1): Resource => ({
  kind: 'edges',
  id: 'edges',
  version: 1,
  generation,
  edges,
});

export interface TokenChoices {
  channel?: string;
  account?: string;
  issuedAt?: number;
  lifetimeSeconds?: number;
  privileges?: Privilege[];
  certificate?: string;
  appId?: string;
}

/** A real 007 token of the project. */
export function token(project: TestProject, choices: TokenChoices = {}): string {
  const lifetimeSeconds = choices.lifetimeSeconds ?? 600;
  return buildToken(
    {
      appId: choices.appId ?? project.appId,
      issuedAt: choices.issuedAt ?? Math.floor(Date.now() / 1000) - 1,
      lifetimeSeconds,
      salt: 1 + Math.floor(Math.random() * 99_999_999),
      services: [
        {
          kind: 'rtc',
          channel: choices.channel ?? 'room',
          account: choices.account ?? '',
          privileges: choices.privileges ?? rtcPrivileges('publisher'),
        },
      ],
    },
    Buffer.from(choices.certificate ?? project.primary, 'latin1'),
    primitives,
  );
}

/** Resolves when the condition holds; the test's own time limit ends it otherwise. */
export async function until<T>(condition: () => T | Promise<T>, milliseconds = 10_000): Promise<NonNullable<T>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface TestEdge {
  name: string;
  url: string;
  relay: string;
  policy: TestPolicy;
  edge: Edge;
  engine: StartedEngine;
  stop(): Promise<void>;
}

/** The real composition on free ports; the engine child may be shared between edges whose media is not looked at. */
export async function startTestEdge(
  name: string,
  region: Region,
  policy = new TestPolicy(),
  shared?: StartedEngine,
  tls?: { cert: string; key: string },
): Promise<TestEdge> {
  const engine =
    shared ?? (await startEngine({ bindAddress: '127.0.0.1', udpPort: await freeUdpPort(), log: silentLog }));
  const [port, relayPort] = [await freeTcpPort(), await freeTcpPort()];
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const edge = await startEdge(
    { name, region, host: '127.0.0.1', port, relayPort, tls, trustedProxies: [], url },
    policy,
    engine,
    createLog({}, () => undefined),
  );
  const stop = async (): Promise<void> => {
    await edge.stop();
    if (!shared) await engine.stop();
  };
  return { name, url, relay: `127.0.0.1:${relayPort}`, policy, edge, engine, stop };
}

/** One WebSocket, its messages in the order they came, and its end. */
export class TestSocket {
  readonly messages: EdgeMessage[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/v1/connect`);
    this.#socket.on('message', (data) => this.messages.push(JSON.parse(data.toString()) as EdgeMessage));
    this.#socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.#socket.on('error', () => undefined);
  }

  async send(message: object | string | Buffer): Promise<this> {
    await until(() => this.#socket.readyState !== WebSocket.CONNECTING);
    this.#socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    return this;
  }

  next<T extends EdgeMessage['type']>(type: T, milliseconds?: number): Promise<Extract<EdgeMessage, { type: T }>> {
    return until(
      () => this.messages.find((message): message is Extract<EdgeMessage, { type: T }> => message.type === type),
      milliseconds,
    );
  }

  end(milliseconds?: number): Promise<{ code: number; reason: string }> {
    return until(() => this.closed, milliseconds);
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** A throwaway edge CA and the identities it issues, made by the keyring's own certificate authority. */
export async function testAuthority(): Promise<
  (name: string, region: Region) => Promise<NonNullable<ReturnType<EdgePolicy['identity']>>>
> {
  const now = new Date();
  const made = await createAuthority(now);
  const privateKey = createPrivateKey({ key: Buffer.from(made.key, 'base64'), format: 'der', type: 'pkcs8' });
  const x509 = await loadX509();
  return async (name, region) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const csr = await x509.Pkcs10CertificateRequestGenerator.create(
      { name: `CN=${name}`, keys, signingAlgorithm: algorithm },
      webcrypto as Crypto,
    );
    const identity = `spiffe://cordon/region/${region}/edge/${name}`;
    const { certificate } = await issue(
      { privateKey, certificate: made.certificate },
      csr.toString('pem'),
      { identity, commonName: name, hosts: [], client: true },
      now,
    );
    const key = KeyObject.from(keys.privateKey as never).export({ format: 'pem', type: 'pkcs8' }) as string;
    return { key, certificate, authority: made.certificate };
  };
}
