import type { ProjectResource } from '../bundle/resources';
import { type ParsedToken, tokenIdentity } from '../token';
import { DENY_CODES } from './codes';
import { type Refusal, refuse } from './deny';
import { type Grants, grantsFor } from './grants';
import { observed } from './observer';
import { STRICT_TOKEN_POLICY, type TokenRules } from './policy-defaults';
import type { AppPolicy } from './policy-index';
import { readToken, requestRefused } from './request';
import { revokedFor } from './revoked';
import { fenceRefused, policyStale, projectRefused } from './standing';
import { type Ends, endsOf, lifetimeCap, tokenEnd } from './times';
import { passed, refused } from './trace';
import { type Allow, type Decision, type Deny, type JoinRequest, PERMISSION, type Step } from './types';
import type { World } from './world';

/**
 * May this client join here, now? One pass from what costs least to what reveals most: request → form of the token →
 * project → freshness of the policy → fence → signature → audience → time → revocation → privilege. The first rule that
 * refuses decides. Version 006 is read against channel and user before its signature, because it signs them unseen.
 *
 * `now` is Unix milliseconds. `trace`, when given, receives one step per rule for the inspector. Never throws on any
 * request.
 */
export function decide(request: JoinRequest, world: World, now: number, trace?: Step[]): Decision {
  const facts: Facts = { tokenId: null, certificateId: null, wildcardUser: false };
  const outcome = standing(request, world, now, facts, trace);
  if ('verdict' in outcome) return outcome;
  const { rule } = DENY_CODES[outcome.code];
  if (trace) refused(trace, rule, outcome.detail);
  const deny: Deny = { verdict: 'deny', rule, ...outcome, bundle: world.bundle ?? { epoch: 0, seq: 0 }, ...facts };
  return deny;
}

/** What is known of the bearer so far; a refusal carries as much as had been found out. */
interface Facts {
  tokenId: string | null;
  certificateId: string | null;
  wildcardUser: boolean;
}

/** Everything that can be refused without a certificate. */
function standing(request: JoinRequest, world: World, now: number, facts: Facts, trace?: Step[]): Allow | Refusal {
  const malformed = requestRefused(request);
  if (malformed) return malformed;
  if (trace) passed(trace, 'request', `channel ${request.channel}, user ${request.account || 'not named'}`);

  const token = request.token === null ? null : readToken(request.token, world);
  if (token !== null && 'code' in token) return token;
  // Known for every readable 007 token, so that refusals can be found by token; 006 needs a fitting audience.
  if (token !== null) facts.tokenId = tokenIdentity(token, world.primitives, request);
  if (trace) passed(trace, 'form', token === null ? 'no token sent' : `version ${token.version}, read completely`);

  if (world.bundle === null) return refuse('policy.missing');
  const app = world.index.app(request.appId);
  if (app === undefined || (app.project === undefined && app.fence === undefined)) return refuse('project.unknown');
  const { project } = app;
  const inactive = projectRefused(project);
  if (inactive) return inactive;
  if (trace)
    passed(trace, 'project', project ? `${project.status}, ${project.environment}` : 'known by its fence only');

  const stale = policyStale(app, world, now);
  if (stale) return stale;
  if (trace) passed(trace, 'policy', `bundle ${world.bundle.epoch}.${world.bundle.seq} is fresh enough`);

  const fenced = fenceRefused(app, world);
  if (fenced) return fenced;
  if (trace) passed(trace, 'fence', `${world.edge.region} is in ${app.fence!.regions.join(', ')}`);

  const rules = app.tokenPolicy ?? STRICT_TOKEN_POLICY;
  const context: Context = { request, world, now: Math.floor(now / 1000), app, project: project!, rules, facts, trace };
  return token === null ? byAppId(context) : byToken(token, context);
}

interface Context {
  request: JoinRequest;
  world: World;
  /** Unix seconds. */
  now: number;
  app: Readonly<AppPolicy>;
  project: ProjectResource;
  rules: TokenRules;
  facts: Facts;
  trace: Step[] | undefined;
}

/** Project mode `app-id`: no token, every media right, for at most the cap. Production always wants a token. */
function byAppId(context: Context): Allow | Refusal {
  const { project, request, rules, now, trace } = context;
  if (project.mode !== 'app-id' || project.environment === 'production') return refuse('token.missing');
  if (trace) passed(trace, 'signature', 'the project admits without a token');
  const until = now + lifetimeCap(rules);
  return conclude(context, { join: until, audio: until, video: until, data: until, login: 0 }, null, {
    account: request.account,
    wildcardChannel: false,
  });
}

function byToken(token: ParsedToken, context: Context): Allow | Refusal {
  const { request, world, now, project, rules, facts, trace } = context;
  if (token.version === '006' && !rules.legacy006) return refuse('token.legacy_forbidden');
  if (token.appId !== request.appId) return refuse('token.wrong_project');

  let grants = token.version === '006' ? audience(token, context) : null;
  if (grants !== null && 'code' in grants) return grants;
  facts.certificateId = world.matchCertificate(token, project, request);
  if (facts.certificateId === null) return refuse('token.signature');
  if (trace) passed(trace, 'signature', `signed by certificate ${facts.certificateId}`);
  grants ??= audience(token, context);
  if ('code' in grants) return grants;

  const end = tokenEnd(token, rules, now);
  if (typeof end !== 'number') return end;
  const ends = endsOf(grants, end, now);
  if ('code' in ends) return ends;
  if (trace) passed(trace, 'time', `valid until ${ends.join || end}`);
  return conclude(context, ends, token.version === '007' ? token.issuedAt : null, grants);
}

function audience(token: ParsedToken, { request, rules, facts, trace }: Context): Grants | Refusal {
  const grants = grantsFor(token, request.channel, request.account, rules);
  if ('code' in grants) return grants;
  facts.wildcardUser = grants.wildcardUser;
  if (trace) {
    const wild = [grants.wildcardChannel && 'channel', grants.wildcardUser && 'user'].filter(Boolean).join(' and ');
    passed(trace, 'audience', wild ? `fits by wildcard (${wild})` : 'names this channel and user');
  }
  return grants;
}

/** Revocations, then the rights that are left. `issuedAt` in Unix seconds, null for 006 and app-id mode. */
function conclude(
  { request, world, app, project, facts, rules, trace, now }: Context,
  held: Ends,
  issuedAt: number | null,
  { account, wildcardChannel }: Pick<Grants, 'account' | 'wildcardChannel'>,
): Allow | Refusal {
  const { tokenId, certificateId, wildcardUser } = facts;
  const bearer = { tokenId, certificateId, wildcardUser, account, channel: request.channel, issuedAt };
  const revoked = revokedFor(bearer, app.revocations, rules.clockSkewSeconds, world);
  if (revoked) return revoked;
  if (trace) passed(trace, 'revocation', `none of ${app.revocations.size} applies`);

  const ends = observed({ account, tokenId, issuedAt, held }, app, world, now);
  if ('code' in ends) return ends;
  if (trace && ends !== held) passed(trace, 'observer', `watches until ${ends.join} under a grant of the provider`);

  if (ends.join === 0) return refuse('privilege.join_missing');
  const permissions = bitsOf(ends);
  if (trace) passed(trace, 'privilege', `permission bits ${permissions}`);
  return {
    verdict: 'allow',
    code: 'ok',
    rule: 'privilege',
    bundle: world.bundle!,
    tokenId,
    certificateId,
    wildcardUser,
    projectId: project.projectId,
    permissions,
    expiresAt: { join: ends.join, audio: ends.audio, video: ends.video, data: ends.data },
    issuedAt,
    account,
    legacy: tokenId !== null && issuedAt === null,
    wildcardChannel,
  };
}

function bitsOf(ends: Ends): number {
  return (
    (ends.join > 0 ? PERMISSION.join : 0) |
    (ends.audio > 0 ? PERMISSION.audio : 0) |
    (ends.video > 0 ? PERMISSION.video : 0) |
    (ends.data > 0 ? PERMISSION.data : 0) |
    (ends.login > 0 ? PERMISSION.login : 0)
  );
}
