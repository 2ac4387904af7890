import type { ProjectResource, Resource, RevocationSubject, TokenPolicyResource } from '@/lib/kernel/bundle/resources';
import { createPolicyIndex, type World } from '@/lib/kernel/decision';
import type { Region } from '@/lib/kernel/region';
import { buildToken, matchCertificate, rtcPrivileges, type Service } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';

/** The vendor's published test project; its certificate is public and protects nothing. */
export const APP_ID = '970CA35de60c44645bbae8a215061b33';
export const PRIMARY = '5CFd2fd1755d40ecb72977518be15d3b';
export const SECONDARY = '00112233445566778899aabbccddeeff';
/** Unix seconds. */
export const ISSUED_AT = 1_700_000_000;
export const NOW = (ISSUED_AT + 60) * 1000;

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

export interface WorldOptions {
  project?: Partial<ProjectResource> | null;
  tokenPolicy?: Partial<TokenPolicyResource> | null;
  fence?: Region[] | null;
  joinSeconds?: number;
  revocations?: { subject: RevocationSubject; issuedBefore: number }[];
  observations?: { id: string; tokenId: string; until: number }[];
  region?: Region;
  bundle?: World['bundle'];
  leaseExpiresAt?: number | null;
  usersOf?: World['usersOf'];
}

/** One project, one edge in EU and a second serving edge in JP; tests state only what differs. */
export function resourcesOf(options: WorldOptions = {}): Resource[] {
  const { project = {}, tokenPolicy = {}, fence = ['EU', 'JP'], joinSeconds = 300, revocations = [] } = options;
  const base = { id: APP_ID, version: 1 };
  const resources: Resource[] = [
    { ...base, kind: 'staleness', joinSeconds },
    {
      kind: 'edges',
      id: 'edges',
      version: 1,
      generation: 1,
      edges: [
        { name: 'eu-1', region: 'EU', url: 'http://localhost:7411', relay: 'localhost:7511', serving: true },
        { name: 'jp-1', region: 'JP', url: 'http://localhost:7412', relay: 'localhost:7512', serving: true },
        { name: 'jp-2', region: 'JP', url: 'http://localhost:7413', relay: 'localhost:7513', serving: false },
      ],
    },
  ];
  if (project !== null) {
    resources.push({
      ...base,
      kind: 'project',
      projectId: 'prj_1',
      organisationId: 'org_1',
      name: 'Example',
      status: 'active',
      environment: 'development',
      mode: 'token',
      certificates: [
        { id: 'cert_1', slot: 'primary', sealed: '' },
        { id: 'cert_2', slot: 'secondary', sealed: '' },
      ],
      ...project,
    });
  }
  if (tokenPolicy !== null) {
    resources.push({
      ...base,
      kind: 'tokenPolicy',
      maxLifetimeSeconds: 86_400,
      wildcardChannel: true,
      wildcardUser: true,
      legacy006: true,
      clockSkewSeconds: 30,
      ...tokenPolicy,
    });
  }
  if (fence !== null) resources.push({ ...base, kind: 'fence', regions: fence });
  revocations.forEach((revocation, i) => {
    resources.push({ kind: 'revocation', id: `rev_${i}`, version: 1, appId: APP_ID, ...revocation });
  });
  for (const observation of options.observations ?? [])
    resources.push({ kind: 'observation', version: 1, appId: APP_ID, ...observation });
  return resources;
}

export function worldOf(options: WorldOptions = {}): World {
  const { region = 'EU', bundle = { epoch: 1, seq: 7 }, leaseExpiresAt = Number.POSITIVE_INFINITY, usersOf } = options;
  const values = { cert_1: ascii(PRIMARY), cert_2: ascii(SECONDARY) } as Record<string, Uint8Array>;
  return {
    edge: { name: `${region.toLowerCase()}-1`, region },
    index: createPolicyIndex(resourcesOf(options)),
    bundle,
    leaseExpiresAt,
    matchCertificate: (token, project, request) =>
      matchCertificate(
        token,
        project.certificates.map(({ id }) => ({ id, value: values[id]! })),
        primitives,
        request,
      ),
    primitives,
    ...(usersOf ? { usersOf } : {}),
  };
}

export interface TokenOptions {
  appId?: string;
  certificate?: string;
  issuedAt?: number;
  lifetimeSeconds?: number;
  salt?: number;
  channel?: string;
  account?: string;
  /** Of the one RTC service; `services` replaces it altogether. */
  privileges?: { id: number; seconds: number }[];
  services?: Service[];
}

export function tokenOf(options: TokenOptions = {}): string {
  const { channel = 'room', account = 'alice', privileges = rtcPrivileges('publisher') } = options;
  return buildToken(
    {
      appId: options.appId ?? APP_ID,
      issuedAt: options.issuedAt ?? ISSUED_AT,
      lifetimeSeconds: options.lifetimeSeconds ?? 3600,
      salt: options.salt ?? 1,
      services: options.services ?? [{ kind: 'rtc', channel, account, privileges }],
    },
    ascii(options.certificate ?? PRIMARY),
    primitives,
  );
}
