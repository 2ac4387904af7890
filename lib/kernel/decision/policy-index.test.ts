import { describe, expect, it } from 'vitest';
import { APP_ID, resourcesOf } from '@/test/vectors/world';
import type { RevocationResource, RevocationSubject } from '../bundle/resources';
import { createPolicyIndex } from './policy-index';

const revocation = (id: string, subject: RevocationSubject, issuedBefore: number): RevocationResource => ({
  kind: 'revocation',
  id,
  version: 1,
  appId: APP_ID,
  subject,
  issuedBefore,
});
const alice: RevocationSubject = { type: 'user', account: 'alice' };

describe('policy index', () => {
  it('finds everything by App ID, and the edges without', () => {
    const index = createPolicyIndex(resourcesOf());
    expect(index.app(APP_ID)).toMatchObject({ fence: { regions: ['EU', 'JP'] }, project: { status: 'active' } });
    expect(index.edges?.generation).toBe(1);
    expect(index.app(APP_ID.toLowerCase())).toBeUndefined();
    expect(index.size).toBe(5);
  });

  it('answers the App IDs a change touches, deleting before putting', () => {
    const index = createPolicyIndex(resourcesOf());
    const fence = { kind: 'fence' as const, id: APP_ID, version: 2, regions: ['JP' as const] };
    const touched = index.apply({ put: [fence], del: [`fence/${APP_ID}`, 'project/unheard-of'] });
    expect([...touched]).toEqual([APP_ID]);
    expect(index.app(APP_ID)?.fence).toBe(fence);
  });

  it('forgets an App ID with its last resource', () => {
    const index = createPolicyIndex(resourcesOf());
    for (const resource of [...index.resources()]) index.del(`${resource.kind}/${resource.id}`);
    expect(index.app(APP_ID)).toBeUndefined();
    expect([...index.appIds()]).toEqual([]);
    expect(index.edges).toBeUndefined();
  });

  it('lets the furthest of several revocations of one subject count, and falls back when it goes', () => {
    const index = createPolicyIndex([
      revocation('a', alice, 100),
      revocation('b', alice, 300),
      revocation('c', alice, 200),
    ]);
    const held = () => index.app(APP_ID)?.revocations.find('user', 'alice')?.issuedBefore;
    expect(held()).toBe(300);
    index.del('revocation/b');
    expect(held()).toBe(200);
    expect(index.app(APP_ID)?.revocations.size).toBe(2);
  });

  it('leaves nothing behind when a revocation changes its subject', () => {
    const index = createPolicyIndex([revocation('a', alice, 100)]);
    index.put(revocation('a', { type: 'channel', channel: 'room' }, 100));
    expect(index.app(APP_ID)?.revocations.find('user', 'alice')).toBeUndefined();
    expect(index.app(APP_ID)?.revocations.find('channel', 'room')).toBeDefined();
    expect(index.app(APP_ID)?.revocations.size).toBe(1);
  });

  it('replaces all at once', () => {
    const index = createPolicyIndex(resourcesOf());
    index.replaceAll([revocation('a', alice, 100)]);
    expect(index.size).toBe(1);
    expect(index.edges).toBeUndefined();
    expect(index.app(APP_ID)?.fence).toBeUndefined();
  });
});
