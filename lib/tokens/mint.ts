import { type Caller, inProject, type ProjectRow } from '@/lib/authz';
import { parseToken, tokenIdentity } from '@/lib/kernel/token';
import { KeyringError, keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { projectCan, toProjectView } from '@/lib/projects';
import { tokenErrors } from './errors';
import { type MintedToken, type MintToken, mintToken as schema, type TokenService } from './schemas';
import { toServices, wildcardsOf } from './services';
import * as store from './store';

/**
 * Has the keyring make a 007 token with the project's primary certificate (else the secondary). The event names who asked for
 * whom; the token itself is stored nowhere, and is handed over only when the event is. Throws `token.*`.
 */
export async function mintToken(caller: Caller, projectId: string, input: MintToken): Promise<MintedToken> {
  const { services, lifetimeSeconds } = schema.parse(input);
  const { project, certificate } = await inProject(caller, projectId, ['Token', 'mint'], async (tx, _tenant, row) => {
    check(row, services, lifetimeSeconds);
    const [first] = await store.enabledCertificates(tx, projectId);
    if (!first) throw tokenErrors('token.no_certificate');
    return { project: row, certificate: first };
  });
  const issuedAt = Math.floor(systemClock.now() / 1000);
  const token = await make(project, certificate, { issuedAt, lifetimeSeconds, services: toServices(services) });
  const parsed = parseToken(token, primitives);
  if (!parsed.ok) throw tokenErrors('token.refused', { internal: parsed.reason });
  const tokenId = tokenIdentity(parsed.token, primitives)!;

  const expiresAt = new Date((issuedAt + lifetimeSeconds) * 1000);
  await inProject(caller, projectId, ['Token', 'mint'], async (tx, { record, actor, organisationId }, row) => {
    // The project may have been frozen meanwhile.
    check(row, services, lifetimeSeconds);
    // A member's tokens end with their membership; those of a server's key are the server's.
    if (actor.kind === 'member') {
      await store.keepMinted(tx, { tokenId, organisationId, projectId, mintedById: actor.id, expiresAt });
    }
    const rtc = services.find((service) => service.kind === 'rtc');
    const account = rtc?.account ?? services.flatMap((service) => ('user' in service ? [service.user] : []))[0] ?? '';
    await record(
      'token.minted@1',
      { object: { type: 'token', id: tokenId }, projectId },
      {
        certificateId: certificate.id,
        lifetimeSeconds,
        services: services.map(({ kind }) => kind),
        channel: rtc?.channel ?? '',
        account,
      },
    );
  });
  return { token, tokenId, expiresAt: expiresAt.toISOString() };
}

function check(row: ProjectRow, services: readonly TokenService[], lifetimeSeconds: number): void {
  const project = toProjectView(row);
  const verdict = projectCan('mint', project);
  if (!verdict.allowed) throw tokenErrors('token.project_state', { why: verdict.why });
  const { maxLifetimeSeconds, wildcardChannel, wildcardUser } = project.tokenPolicy;
  if (lifetimeSeconds > maxLifetimeSeconds) {
    throw tokenErrors('token.lifetime', { why: `At most ${maxLifetimeSeconds} seconds.`, field: 'lifetimeSeconds' });
  }
  const wild = wildcardsOf(services);
  if (wild.channel && !wildcardChannel)
    throw tokenErrors('token.wildcard_forbidden', { why: 'Name the channel.', field: 'channel' });
  if (wild.user && !wildcardUser)
    throw tokenErrors('token.wildcard_forbidden', { why: 'Name the user.', field: 'account' });
}

async function make(
  project: ProjectRow,
  { id, sealed }: { id: string; sealed: string },
  content: { issuedAt: number; lifetimeSeconds: number; services: unknown[] },
): Promise<string> {
  try {
    const made = await keyring().call('token.mint', {
      certificateId: id,
      projectId: project.id,
      appId: project.appId,
      sealed,
      ...content,
    });
    return made.token;
  } catch (error) {
    if (error instanceof KeyringError) throw tokenErrors('token.refused', { internal: error.code, cause: error });
    throw error;
  }
}
