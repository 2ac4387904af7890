/**
 * Every published token reads back to what its publisher put in, has its signature confirmed with the published
 * certificate, and (007) is rebuilt to the same signed bytes.
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '@/lib/kernel/encoding';
import { buildToken, matchCertificate, parseToken, SERVICE_TYPES, type Token006, type Token007 } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import vectors from './access-token.json';

const certificate = (value: string) => [{ id: 'published', value: Buffer.from(value) }];

function parsed(text: string) {
  const result = parseToken(text, primitives);
  if (!result.ok) throw new Error(result.reason);
  return result.token;
}

describe('published 007 tokens', () => {
  it.each(vectors.published007.map((vector) => [vector.signatureHex.slice(0, 12), vector] as const))('%s', (_, vector) => {
    const token = parsed(vector.token) as Token007;
    expect(token.appId).toBe(vector.appId);
    expect(token.issuedAt).toBe(vector.issueTs);
    expect(token.lifetimeSeconds).toBe(vector.expire);
    expect(token.salt).toBe(vector.salt);
    expect(toHex(token.signature)).toBe(vector.signatureHex);
    expect(toHex(token.signed)).toBe(vector.signingInfoHex);
    expect(token.services.map(asPublished)).toEqual(vector.services.map(({ name, ...service }: { name: string }) => service));

    if (vector.appCertificate === null) return;
    expect(matchCertificate(token, certificate(vector.appCertificate), primitives)).toBe('published');
    expect(matchCertificate(token, certificate('0'.repeat(32)), primitives)).toBeNull();
    const rebuilt = parsed(buildToken(token, Buffer.from(vector.appCertificate), primitives)) as Token007;
    expect(toHex(rebuilt.signed)).toBe(vector.signingInfoHex);
    expect(toHex(rebuilt.signature)).toBe(vector.signatureHex);
  });
});

describe('published 006 tokens', () => {
  it.each(vectors.published006.map((vector) => [vector.signatureHex.slice(0, 12), vector] as const))('%s', (_, vector) => {
    const token = parsed(vector.token) as Token006;
    expect(token).toMatchObject({ appId: vector.appId, salt: vector.salt, expiresAt: vector.ts });
    expect([token.channelChecksum, token.accountChecksum]).toEqual([vector.crcChannel, vector.crcUid]);
    expect(map(token.privileges)).toEqual(vector.privileges);
    const audience = { channel: vector.channelName, account: vector.account };
    const published = certificate(vector.appCertificate);
    expect(matchCertificate(token, published, primitives, audience)).toBe('published');
    expect(matchCertificate(token, published, primitives, { ...audience, channel: 'another' })).toBeNull();
    expect(matchCertificate(token, published, primitives)).toBeNull();
  });
});

const map = (privileges: { id: number; seconds: number }[]) =>
  Object.fromEntries(privileges.map(({ id, seconds }) => [String(id), seconds]));

/** A service in the words of the vector file. */
function asPublished(service: Token007['services'][number]): object {
  const common = { type: SERVICE_TYPES[service.kind], privileges: map(service.privileges) };
  switch (service.kind) {
    case 'rtc':
    case 'streaming':
    case 'fcdn':
      return { ...common, channelName: service.channel, account: service.account };
    case 'rtm':
    case 'chat':
      return { ...common, userId: service.user };
    case 'rtm2': {
      const permissions: Record<string, Record<string, string[]>> = {};
      for (const { resource, permission, names } of service.permissions) {
        permissions[resource] = { ...permissions[resource], [permission]: names };
      }
      return { ...common, userId: service.user, permissions };
    }
    case 'apaas':
      return { ...common, roomUuid: service.room, userUuid: service.user, role: service.role };
    default:
      return common;
  }
}
