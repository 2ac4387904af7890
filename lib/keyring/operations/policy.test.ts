import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateRef, ProjectResource } from '@/lib/kernel/bundle/resources';
import { parseRegionCertificate, regionCertificateContext } from '@/lib/kernel/bundle/sealing';
import type { Region } from '@/lib/kernel/region';
import type { Output } from '../protocol';
import { openBox, openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

const appId = 'ab'.repeat(16);
type Signed = Output<'policy.sign'>;
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const bytes = (signed: Signed) => Buffer.from(signed.payload, 'base64');
const read = (signed: Signed) => JSON.parse(bytes(signed).toString());

async function project(over: Partial<ProjectResource> = {}): Promise<{ value: string; resource: ProjectResource }> {
  const made = await run(keyring.context, 'certificate.create', { certificateId: 'crt_1', projectId: 'prj_1', appId });
  const certificates: CertificateRef[] = [{ id: 'crt_1', slot: 'primary', sealed: made.sealed }];
  const resource: ProjectResource = {
    kind: 'project',
    id: appId,
    version: 1,
    projectId: 'prj_1',
    organisationId: 'org_1',
    name: 'One',
    status: 'active',
    environment: 'production',
    mode: 'token',
    certificates,
    ...over,
  };
  return { value: made.value, resource };
}
const snapshot = (seq: number, resources: unknown[] = [], region: Region = 'EU', epoch = 1) =>
  run(keyring.context, 'policy.sign', { type: 'Snapshot', region, epoch, seq, resources });
const delta = (base: { seq: number; hash: string }, seq: number, put: unknown[] = [], epoch = 1) =>
  run(keyring.context, 'policy.sign', {
    type: 'Delta',
    region: 'EU',
    base: { epoch, ...base },
    epoch,
    seq,
    put,
    del: [],
  });

async function expectSigned(signed: Signed, type: string, region: Region) {
  const { policyKeys } = await run(keyring.context, 'trust.describe', {});
  const [signature] = signed.signatures;
  const key = policyKeys.find(({ keyId }) => keyId === signature?.keyId);
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key?.publicKey ?? '', 'base64').toString('base64url') },
    format: 'jwk',
  });
  const message = Buffer.concat([Buffer.from(`fence-sync/1\n${type}\n${region}\n`), bytes(signed)]);
  expect(verify(null, message, publicKey, Buffer.from(signature?.value ?? '', 'base64'))).toBe(true);
}

describe('policy.sign', () => {
  it('signs a snapshot whose hash is that of its bytes, and a delta that chains on', async () => {
    const first = await snapshot(3);
    expect(read(first)).toEqual({ region: 'EU', epoch: 1, seq: 3, resources: [] });
    expect(first.hash).toBe(sha256(bytes(first)).toString('hex'));
    await expectSigned(first, 'Snapshot', 'EU');
    const second = await delta({ seq: 3, hash: first.hash }, 5);
    expect(read(second)).toEqual({
      region: 'EU',
      epoch: 1,
      baseSeq: 3,
      baseHash: first.hash,
      seq: 5,
      put: [],
      del: [],
    });
    expect(second.hash).toBe(sha256(Buffer.from(first.hash, 'hex'), sha256(bytes(second))).toString('hex'));
    await expectSigned(second, 'Delta', 'EU');
    const position = { epoch: 1, seq: 5, hash: second.hash };
    const beat = await run(keyring.context, 'policy.sign', {
      type: 'Beat',
      region: 'EU',
      position,
      issued: keyring.clock.now,
      expires: keyring.clock.now + 30_000,
    });
    expect(read(beat)).toEqual({
      region: 'EU',
      ...position,
      issued: keyring.clock.now,
      expires: keyring.clock.now + 30_000,
    });
    await expectSigned(beat, 'Beat', 'EU');
  });

  it('seals certificates again so that only the region key opens them, bound to project and certificate', async () => {
    const { value, resource } = await project();
    const sealed = read(await snapshot(1, [resource])).resources[0].certificates[0].sealed;
    const parsed = parseRegionCertificate(sealed);
    const { regionKeys } = keyring.context.keys;
    if (!parsed) throw new Error('not sealed for a region');
    expect(parsed.region).toBe('EU');
    expect(openBox(regionKeys.EU, parsed.box, regionCertificateContext('EU', appId, 'crt_1')).toString()).toBe(value);
    expect(() => openBox(regionKeys.NA, parsed.box, regionCertificateContext('EU', appId, 'crt_1'))).toThrow();
    expect(() => openBox(regionKeys.EU, parsed.box, regionCertificateContext('EU', appId, 'crt_2'))).toThrow();
    expect(() => openBox(regionKeys.EU, parsed.box, regionCertificateContext('NA', appId, 'crt_1'))).toThrow();
  });

  it('keeps the bytes of an unchanged certificate, and makes new ones for a changed one', async () => {
    const { resource } = await project();
    const first = await snapshot(1, [resource]);
    expect((await snapshot(1, [resource])).payload).toBe(first.payload);
    expect((await snapshot(1, [(await project()).resource])).payload).not.toBe(first.payload);
  });

  it('refuses a certificate sealed for another project', async () => {
    const { resource } = await project({ projectId: 'prj_2' });
    await expect(snapshot(1, [resource])).rejects.toMatchObject({ code: 'sealed.unreadable' });
    expect(keyring.context.positions.head('EU')).toBeNull();
  });

  it('refuses a project for a region its fence leaves out', async () => {
    const { resource } = await project();
    const fence = { kind: 'fence', id: appId, version: 1, regions: ['JP'] };
    await expect(snapshot(1, [resource, fence])).rejects.toMatchObject({ code: 'policy.outside_fence' });
    await expect(snapshot(1, [fence])).resolves.toBeDefined();
    await expect(snapshot(1, [resource, fence], 'JP')).resolves.toBeDefined();
  });

  it('refuses resources without shape', async () => {
    for (const bad of [
      null,
      7,
      {},
      { kind: 'project', id: appId, version: 1 },
      { kind: 'fence', id: appId, version: 1, regions: [] },
    ]) {
      await expect(snapshot(1, [bad])).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });

  it('never goes backwards, nor on from what it did not sign', async () => {
    const first = await snapshot(3);
    await expect(snapshot(2)).rejects.toMatchObject({ code: 'policy.backwards' });
    await expect(delta({ seq: 3, hash: 'ab'.repeat(32) }, 4)).rejects.toMatchObject({ code: 'policy.base_unknown' });
    await expect(delta({ seq: 3, hash: first.hash }, 3)).rejects.toMatchObject({ code: 'policy.backwards' });
    await expect(delta({ seq: 3, hash: first.hash }, 4, [], 2)).rejects.toMatchObject({ code: 'policy.base_unknown' });
    await expect(delta({ seq: 3, hash: first.hash }, 2_000_000)).rejects.toMatchObject({ code: 'policy.jump' });
    const second = await delta({ seq: 3, hash: first.hash }, 4);
    // Control died before it stored the signature: the same step again, perhaps with more in it.
    const again = await delta({ seq: 3, hash: first.hash }, 6, [
      { kind: 'fence', id: appId, version: 5, regions: ['EU'] },
    ]);
    await expect(delta({ seq: 4, hash: second.hash }, 7)).rejects.toMatchObject({ code: 'policy.base_unknown' });
    await expect(delta({ seq: 6, hash: again.hash }, 7)).resolves.toBeDefined();
  });

  it('beats only the newest position, and not for long', async () => {
    const { now } = keyring.clock;
    const beat = (position: { epoch: number; seq: number; hash: string }, expires = now + 30_000) =>
      run(keyring.context, 'policy.sign', { type: 'Beat', region: 'EU', position, issued: now, expires });
    const first = await snapshot(1);
    const old = { epoch: 1, seq: 1, hash: first.hash };
    await expect(beat(old)).resolves.toBeDefined();
    await expect(beat(old, now + 600_001)).rejects.toMatchObject({ code: 'policy.lease' });
    await expect(beat(old, now)).rejects.toMatchObject({ code: 'policy.lease' });
    await snapshot(2);
    await expect(beat(old)).rejects.toMatchObject({ code: 'policy.not_head' });
  });
});
