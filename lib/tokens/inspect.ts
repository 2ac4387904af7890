import { type Caller, inProject } from '@/lib/authz';
import type { EdgesResource, Resource } from '@/lib/kernel/bundle/resources';
import { createPolicyIndex, DENY_CODES, type Decision, decide, type Step } from '@/lib/kernel/decision';
import { isRegion, type Region } from '@/lib/kernel/region';
import { PARSE_REASONS, type ParsedToken, parseToken, tokenIdentity } from '@/lib/kernel/token';
import { KeyringError, keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { describeToken } from './describe';
import { tokenErrors } from './errors';
import { type Inspection, type InspectToken, inspectToken as schema } from './schemas';
import * as store from './store';

/**
 * Would this join be admitted, and which rule decides? The very code of the edges runs over the very resources they are sent;
 * only the signature is checked elsewhere, in the keyring. What the answer leaves out is an edge's own state: its lease, and
 * rate limits of addresses.
 */
export async function inspectToken(caller: Caller, projectId: string, input: InspectToken): Promise<Inspection> {
  const asked = schema.parse(input);
  const world = await inProject(caller, projectId, ['Token', 'inspect'], async (tx, _tenant, { appId, fence }) => ({
    appId,
    fence: fence.filter(isRegion),
    resources: await store.resourcesOf(tx, appId),
    bundle: await store.headVersion(tx),
  }));
  const edge = edgeOf(world.resources, world.fence, asked.edge);
  const parsed = parseToken(asked.token, primitives);
  const audience = { channel: asked.channel, account: asked.account };
  const certificateId = parsed.ok ? await match(projectId, world, asked.token, audience) : null;
  const nowMs = asked.at === undefined ? systemClock.now() : Date.parse(asked.at);

  const steps: Step[] = [];
  const decision = decide(
    { appId: world.appId, ...audience, token: asked.token },
    {
      edge,
      index: createPolicyIndex(world.resources),
      bundle: world.bundle,
      leaseExpiresAt: Number.POSITIVE_INFINITY,
      matchCertificate: () => certificateId,
      primitives,
    },
    nowMs,
    steps,
  );
  await inProject(caller, projectId, ['Token', 'inspect'], async (_tx, { record }) => {
    await record(
      'token.inspected@1',
      { object: { type: 'project', id: projectId }, projectId },
      { verdict: decision.verdict, code: decision.code },
    );
  });

  const project = world.resources.find((resource) => resource.kind === 'project');
  const signer = project?.certificates.find(({ id }) => id === certificateId);
  return {
    token: parsed.ok ? describeToken(parsed.token, identity(parsed.token, audience)) : null,
    unreadable: parsed.ok ? null : PARSE_REASONS[parsed.reason],
    decision: explain(decision),
    steps,
    certificate: signer ? { id: signer.id, slot: signer.slot } : null,
    edge,
    policy: decision.bundle,
    at: new Date(nowMs).toISOString(),
  };
}

const identity = (token: ParsedToken, audience: { channel: string; account: string }) =>
  tokenIdentity(token, primitives, audience);

/** The named edge, or the one the fence prefers. Before any edge has joined, one that stands for the fence's first region. */
function edgeOf(
  resources: readonly Resource[],
  fence: readonly Region[],
  name: string | undefined,
): { name: string; region: Region } {
  const edges = resources.find((resource): resource is EdgesResource => resource.kind === 'edges')?.edges ?? [];
  const found =
    name === undefined
      ? fence.flatMap((region) => edges.filter((edge) => edge.region === region && edge.serving))[0]
      : edges.find((edge) => edge.name === name);
  if (found) return { name: found.name, region: found.region };
  if (name !== undefined) throw tokenErrors('edge.not_found');
  return { name: 'any', region: fence[0]! };
}

async function match(
  projectId: string,
  { appId, resources }: { appId: string; resources: readonly Resource[] },
  token: string,
  audience: { channel: string; account: string },
): Promise<string | null> {
  const project = resources.find((resource) => resource.kind === 'project');
  const certificates = (project?.certificates ?? []).map(({ id, sealed }) => ({
    certificateId: id,
    projectId,
    appId,
    sealed,
  }));
  try {
    return (await keyring().call('token.match', { certificates, token, ...audience })).certificateId;
  } catch (error) {
    if (error instanceof KeyringError) throw tokenErrors('token.refused', { internal: error.code, cause: error });
    throw error;
  }
}

function explain(decision: Decision): Inspection['decision'] {
  if (decision.verdict === 'allow') {
    const { expiresAt, account } = decision;
    const held = (['join', 'audio', 'video', 'data'] as const).filter((name) => expiresAt[name] > 0);
    return {
      verdict: 'allow',
      code: 'ok',
      rule: decision.rule,
      says: 'The join is admitted.',
      detail: null,
      next: null,
      status: 201,
      permissions: held.map((name) => ({ name, expiresAt: new Date(expiresAt[name] * 1000).toISOString() })),
      account: account === '' ? null : account,
      allowedRegions: [],
    };
  }
  const { says, next, status } = DENY_CODES[decision.code];
  return {
    verdict: 'deny',
    code: decision.code,
    rule: decision.rule,
    says,
    detail: decision.detail,
    next,
    status,
    permissions: [],
    account: null,
    allowedRegions: [...(decision.allowedRegions ?? [])],
  };
}
