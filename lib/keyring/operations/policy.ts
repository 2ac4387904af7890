import { sign } from 'node:crypto';
import { deltaHash, isHash, signatureInput, snapshotHash } from '@/lib/kernel/bundle/chain';
import type { BeatPayload, DeltaPayload, SnapshotPayload } from '@/lib/kernel/bundle/messages';
import type { CertificateRef, ObservationResource, ProjectResource, Resource } from '@/lib/kernel/bundle/resources';
import { type Checked, checkKeys, checkResources } from '@/lib/kernel/bundle/resources-schema';
import { watching } from '@/lib/kernel/grant';
import type { Region } from '@/lib/kernel/region';
import { primitives } from '@/lib/primitives';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { certificateContext, sealForRegion } from '../seal';
import { openCertificate } from './certificate';

type Sign = Input<'policy.sign'>;

/** Longest freshness one beat may promise, counted from the keyring's clock. */
const LEASE_LIMIT_MILLISECONDS = 600_000;
const SEALS_REMEMBERED = 65_536;

/**
 * Signs one step of a region's policy. The payload is composed here from checked resources, by the same rules that edges check
 * it with, so nothing is signed that an edge would refuse; certificates in it are opened and sealed again under the region's key, and who of the
 * provider may watch is what the ledger of signed statements says, whatever was handed in.
 */
export async function signPolicy(context: Context, input: Sign): Promise<Output<'policy.sign'>> {
  if (input.type === 'Beat') return signBeat(context, input);
  const { region, epoch, seq } = input;
  if (input.type === 'Snapshot') {
    const snapshot: SnapshotPayload = { region, epoch, seq, resources: prepare(context, region, input.resources) };
    const payload = encode(snapshot);
    const hash = snapshotHash(primitives, payload);
    await context.positions.snapshot(region, epoch, seq, hash);
    return signed(context, 'Snapshot', region, payload, hash);
  }
  const { base } = input;
  if (!isHash(base.hash)) throw new Refusal('request.invalid');
  const put = prepare(context, region, input.put);
  const del = accept(checkKeys(input.del, 'del'));
  const delta: DeltaPayload = { region, epoch, baseSeq: base.seq, baseHash: base.hash, seq, put, del };
  const payload = encode(delta);
  const hash = deltaHash(primitives, base.hash, payload);
  await context.positions.delta(region, base, epoch, seq, hash);
  return signed(context, 'Delta', region, payload, hash);
}

function signBeat(
  context: Context,
  { region, position, issued, expires }: Extract<Sign, { type: 'Beat' }>,
): Output<'policy.sign'> {
  if (issued >= expires || expires > context.now() + LEASE_LIMIT_MILLISECONDS) throw new Refusal('policy.lease');
  context.positions.beat(region, position);
  const { epoch, seq, hash } = position;
  const beat: BeatPayload = { region, epoch, seq, hash, issued, expires };
  return signed(context, 'Beat', region, encode(beat), hash);
}

function signed(
  { keys }: Context,
  type: Sign['type'],
  region: Region,
  payload: Buffer,
  hash: string,
): Output<'policy.sign'> {
  const { keyId, privateKey } = keys.policyKey;
  const value = sign(null, signatureInput(type, region, payload), privateKey).toString('base64');
  return { payload: payload.toString('base64'), hash, signatures: [{ keyId, value }] };
}

function prepare(context: Context, region: Region, given: readonly unknown[]): Resource[] {
  const resources = accept(checkResources(given, 'resources'));
  const outside = new Set(
    resources.filter((each) => each.kind === 'fence' && !each.regions.includes(region)).map(({ id }) => id),
  );
  return resources.map((resource) => {
    if (resource.kind === 'observation') return watched(context, resource);
    if (resource.kind !== 'project') return resource;
    // A region outside the fence gets the fence alone, never a certificate.
    if (outside.has(resource.id)) throw new Refusal('policy.outside_fence');
    return {
      ...resource,
      certificates: resource.certificates.map((certificate) => reseal(context, region, resource, certificate)),
    };
  });
}

function watched({ grants, now }: Context, resource: ObservationResource): ObservationResource {
  const { token, until } = watching(grants.ledger, resource.id, resource.appId, Math.floor(now() / 1000)) ?? NOBODY;
  return { ...resource, tokenId: token, until };
}
const NOBODY = { token: '', until: 0 };

function reseal(
  context: Context,
  region: Region,
  { id: appId, projectId }: ProjectResource,
  certificate: CertificateRef,
): CertificateRef {
  const { id: certificateId, sealed: source } = certificate;
  const row = { certificateId, projectId, appId };
  const key = `${region}|${certificateContext(row)}`;
  const known = context.regionSeals.get(key);
  if (known?.source === source) return { ...certificate, sealed: known.sealed };
  const value = openCertificate(context, { ...row, sealed: source });
  const sealed = sealForRegion(context.keys.regionKeys[region], region, appId, certificateId, value);
  context.regionSeals.set(key, { source, sealed });
  const oldest = context.regionSeals.keys().next();
  if (context.regionSeals.size > SEALS_REMEMBERED && !oldest.done) context.regionSeals.delete(oldest.value);
  return { ...certificate, sealed };
}

function accept<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Refusal('request.invalid');
  return checked.value;
}

const encode = (payload: object): Buffer => Buffer.from(JSON.stringify(payload));
