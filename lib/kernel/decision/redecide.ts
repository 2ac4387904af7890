import { DENY_CODES } from './codes';
import { type Refusal, refuse } from './deny';
import { observation } from './observer';
import { STRICT_TOKEN_POLICY } from './policy-defaults';
import { revokedFor } from './revoked';
import { fenceRefused, projectRefused } from './standing';
import { lifetimeCap } from './times';
import { type Allow, type Decision, type JoinRequest, PERMISSION } from './types';
import type { World } from './world';

/** What an edge remembers of an admission. No token text: the token is not needed to judge it again. */
export interface LiveFacts {
  appId: string;
  channel: string;
  account: string;
  /** Unix seconds of the admission. */
  admittedAt: number;
  /** Null in app-id mode. */
  tokenId: string | null;
  certificateId: string | null;
  issuedAt: number | null;
  permissions: number;
  expiresAt: Allow['expiresAt'];
  legacy: boolean;
  wildcardUser: boolean;
  wildcardChannel: boolean;
}

/** The facts to keep of an admission. `now` in Unix milliseconds; `account` when the edge gave out a uid. */
export function liveFacts(request: JoinRequest, allow: Allow, now: number, account = allow.account): LiveFacts {
  const { tokenId, certificateId, issuedAt, permissions, expiresAt, legacy, wildcardUser, wildcardChannel } = allow;
  return {
    appId: request.appId,
    channel: request.channel,
    account,
    admittedAt: Math.floor(now / 1000),
    tokenId,
    certificateId,
    issuedAt,
    permissions,
    expiresAt,
    legacy,
    wildcardUser,
    wildcardChannel,
  };
}

/**
 * Would this live session still be admitted? For the sweep after every policy change. Allow carries the rights that are
 * left (a shorter project cap shortens them; nothing ever lengthens them). The lease is not asked: sessions live on
 * without control until their own end. `now` in Unix milliseconds.
 */
export function redecide(session: LiveFacts, world: World, now: number): Decision {
  const outcome = run(session, world, Math.floor(now / 1000));
  if ('verdict' in outcome) return outcome;
  const { tokenId, certificateId, wildcardUser } = session;
  const bundle = world.bundle ?? { epoch: 0, seq: 0 };
  return {
    verdict: 'deny',
    rule: DENY_CODES[outcome.code].rule,
    ...outcome,
    bundle,
    tokenId,
    certificateId,
    wildcardUser,
  };
}

function run(session: LiveFacts, world: World, now: number): Allow | Refusal {
  if (world.bundle === null) return refuse('policy.missing');
  const app = world.index.app(session.appId);
  if (app === undefined) return refuse('project.unknown');
  const standing = projectRefused(app.project) ?? fenceRefused(app, world);
  if (standing) return standing;

  const project = app.project!;
  const rules = app.tokenPolicy ?? STRICT_TOKEN_POLICY;
  if (session.certificateId === null) {
    if (project.mode !== 'app-id' || project.environment === 'production') return refuse('token.missing');
  } else if (!project.certificates.some(({ id }) => id === session.certificateId)) {
    return refuse('token.signature', 'The certificate that signed the token is no longer enabled.');
  }
  if (session.legacy && !rules.legacy006) return refuse('token.legacy_forbidden');
  if ((session.wildcardChannel && !rules.wildcardChannel) || (session.wildcardUser && !rules.wildcardUser)) {
    return refuse('token.wildcard_forbidden');
  }

  const watched = observation(session, app, now);
  if (watched !== null && 'code' in watched) return watched;
  const cap = (session.issuedAt ?? session.admittedAt) + lifetimeCap(rules);
  const limit = Math.min(cap, watched?.until ?? cap);
  const until = (end: number) => (Math.min(end, limit) > now ? Math.min(end, limit) : 0);
  const { expiresAt } = session;
  const left = {
    join: until(expiresAt.join),
    audio: until(expiresAt.audio),
    video: until(expiresAt.video),
    data: until(expiresAt.data),
  };
  if (left.join === 0) return refuse('token.expired', `The session ended at ${Math.min(expiresAt.join, limit)}.`);

  const revoked = revokedFor(session, app.revocations, rules.clockSkewSeconds, world);
  if (revoked) return revoked;
  return {
    verdict: 'allow',
    code: 'ok',
    rule: 'privilege',
    bundle: world.bundle,
    projectId: project.projectId,
    permissions: session.permissions & stillHeld(left),
    expiresAt: left,
    issuedAt: session.issuedAt,
    account: session.account,
    tokenId: session.tokenId,
    certificateId: session.certificateId,
    legacy: session.legacy,
    wildcardUser: session.wildcardUser,
    wildcardChannel: session.wildcardChannel,
  };
}

/** Login has no end of its own in a session; it goes with the join. */
function stillHeld(left: Allow['expiresAt']): number {
  const { join, audio, video, data, login } = PERMISSION;
  return join | login | (left.audio > 0 ? audio : 0) | (left.video > 0 ? video : 0) | (left.data > 0 ? data : 0);
}
