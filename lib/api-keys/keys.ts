import { createHash, randomBytes } from 'node:crypto';
import { type Caller, inProject } from '@/lib/authz';
import { notify } from '@/lib/notices';
import { newId, systemClock } from '@/lib/platform';
import { apiKeyErrors } from './errors';
import { type ApiKeyView, type CreateApiKey, createApiKey as schema } from './schemas';
import * as store from './store';
import { keyTerms } from './terms';

const KEYS_AT_MOST = 100;
/** Bytes: 40 bits to find and recognise a key by, 192 bits nobody guesses. */
const PREFIX_BYTES = 5;
const SECRET_BYTES = 24;

/** Newest first, revoked and expired ones too; never a key itself. Members only. */
export const listApiKeys = (caller: Caller, projectId: string): Promise<ApiKeyView[]> =>
  inProject(caller, projectId, ['ApiKey', 'read'], async (tx) => {
    const now = systemClock.now();
    return (await store.listKeys(tx, projectId)).map((row) => store.toView(row, now));
  });

/**
 * Makes a key for one project. It is shown here and never again: the database keeps its SHA-256. Step-up `api-key.create` on the
 * project. Throws `api-key.*`.
 */
export async function createApiKey(
  caller: Caller,
  projectId: string,
  input: CreateApiKey,
): Promise<{ key: string; view: ApiKeyView }> {
  const { name, scopes, expiresAt } = schema.parse(input);
  return inProject(
    caller,
    projectId,
    ['ApiKey', 'create'],
    async (tx, tenant, project) => {
      const now = new Date(systemClock.now());
      const expires = expiresAt === undefined ? null : new Date(expiresAt);
      if (expires && expires <= now) throw apiKeyErrors('api-key.expiry', { field: 'expiresAt' });
      if (project.status === 'archived') throw apiKeyErrors('api-key.project_archived');
      if ((await store.countWorking(tx, projectId, now)) >= KEYS_AT_MOST) throw apiKeyErrors('api-key.too_many');
      await tenant.stepUp({
        action: 'api-key.create',
        object: projectId,
        terms: keyTerms(project.name, name, scopes, expires),
      });
      const prefix = `ck_${randomBytes(PREFIX_BYTES).toString('hex')}`;
      const key = `${prefix}_${randomBytes(SECRET_BYTES).toString('hex')}`;
      const row = await store.insertKey(tx, {
        id: newId('key'),
        organisationId: tenant.organisationId,
        projectId,
        name,
        prefix,
        secretHash: new Uint8Array(createHash('sha256').update(key).digest()),
        scopes,
        createdById: tenant.actor.id,
        expiresAt: expires,
      });
      const object = { type: 'api-key', id: row.id };
      const fields = { scopes, expiresAt: expires?.toISOString() ?? null, name };
      await tenant.record('api-key.created@1', { object, projectId }, fields);
      await notify(tx, tenant.actor.id, { schema: 'api-key.created@1', object, fields });
      return { key, view: store.toView(row, now.getTime()) };
    },
    { change: true },
  );
}

/** From the next request on the key is nobody's. Revoking it again changes nothing. Throws `api-key.not_found`. */
export async function revokeApiKey(caller: Caller, projectId: string, keyId: string): Promise<void> {
  return inProject(
    caller,
    projectId,
    ['ApiKey', 'revoke'],
    async (tx, { record }) => {
      const key = await store.findKey(tx, projectId, keyId);
      if (!key) throw apiKeyErrors('api-key.not_found');
      if (key.revokedAt) return;
      await store.setRevoked(tx, keyId, new Date(systemClock.now()));
      await record('api-key.revoked@1', { object: { type: 'api-key', id: keyId }, projectId }, { name: key.name });
    },
    { change: true },
  );
}
