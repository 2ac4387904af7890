import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Region } from '@/lib/kernel/region';

/** The demo world as `demo.json` describes it, and what a customer's server does with it: the vendor's tokens, our REST API. */
export interface Demo {
  console: { customer: string; staff: string };
  edges: { name: string; region: Region; url: string }[];
  users: {
    email: string;
    password: string;
    totpSecret: string;
    role: string;
    realm: 'customer' | 'staff';
    organisation: string | null;
  }[];
  apiKeys: { project: string; organisation: string; name: string; key: string; scopes: string[] }[];
  projects: DemoProject[];
}

export interface DemoProject {
  organisation: string;
  name: string;
  id: string;
  appId: string;
  environment: string;
  certificates: { primary: string; secondary: string | null };
  fence: Region[];
}

export const readDemo = (home: string): Demo => JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')) as Demo;

export function projectOf(demo: Demo, name: string): DemoProject {
  const project = demo.projects.find((candidate) => candidate.name === name);
  if (!project) throw new Error(`the demo has no project ${name}`);
  return project;
}

export interface ApiAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; each test says what it expects.
  body: any;
}
export type Api = (method: string, path: string, body?: object) => Promise<ApiAnswer>;

/** The REST API with the key of that project. Rejects when the console cannot be reached or does not answer in half a minute. */
export function apiOf(demo: Demo, name: string): Api {
  const project = projectOf(demo, name);
  const key = demo.apiKeys.find((candidate) => candidate.project === project.id)?.key;
  if (!key) throw new Error(`the demo has no API key for ${name}`);
  return async (method, path, body) => {
    const response = await fetch(`${demo.console.customer}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: await response.json() };
  };
}

const require = createRequire(import.meta.url);
const vendor = require('agora-token');
const { AccessToken2, ServiceRtc } = require('agora-token/src/AccessToken2');

export interface VendorToken {
  channel?: string;
  /** A number is a uid (0 = any), a text is an account. */
  user?: number | string;
  role?: 'publisher' | 'subscriber';
  lifetimeSeconds?: number;
  /** Unix seconds; only with this the token is put together by hand, since the builder always takes the present. */
  issuedAt?: number;
  certificate?: string;
}

/** A token from the vendor's own package, as a customer's existing server makes it. */
export function vendorToken(project: DemoProject, choices: VendorToken = {}): string {
  const { channel = 'room', user = 0, role = 'publisher', lifetimeSeconds = 600 } = choices;
  const certificate = choices.certificate ?? project.certificates.primary;
  const { RtcTokenBuilder, RtcRole } = vendor;
  if (choices.issuedAt !== undefined) {
    const token = new AccessToken2(project.appId, certificate, choices.issuedAt, lifetimeSeconds);
    const service = new ServiceRtc(channel, user === 0 ? '' : String(user));
    const { kPrivilegeJoinChannel, kPrivilegePublishAudioStream, kPrivilegePublishVideoStream } = ServiceRtc;
    for (const privilege of [kPrivilegeJoinChannel, kPrivilegePublishAudioStream, kPrivilegePublishVideoStream])
      service.add_privilege(privilege, lifetimeSeconds);
    token.add_service(service);
    return token.build();
  }
  const as = role === 'publisher' ? RtcRole.PUBLISHER : RtcRole.SUBSCRIBER;
  return typeof user === 'number'
    ? RtcTokenBuilder.buildTokenWithUid(project.appId, certificate, channel, user, as, lifetimeSeconds, lifetimeSeconds)
    : RtcTokenBuilder.buildTokenWithUserAccount(
        project.appId,
        certificate,
        channel,
        user,
        as,
        lifetimeSeconds,
        lifetimeSeconds,
      );
}

export interface Posted {
  status: number;
  /** The answer, when it was 201. */
  sdp: string;
  // biome-ignore lint/suspicious/noExplicitAny: a problem document.
  problem: any;
  location: string;
}

/** `POST /whip` or `/whep` at an edge. The policy decides before the offer is looked at, so refusals need no real one. */
export async function postOffer(
  edgeUrl: string,
  kind: 'whip' | 'whep',
  project: { appId: string },
  token: string | null,
  { channel = 'room', query = '', offer = 'v=0\r\n' } = {},
): Promise<Posted> {
  const response = await fetch(`${edgeUrl}/${kind}/${project.appId}/${channel}${query && `?${query}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: offer,
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    sdp: isProblem ? '' : text,
    problem: isProblem ? JSON.parse(text) : null,
    location: response.headers.get('location') ?? '',
  };
}
