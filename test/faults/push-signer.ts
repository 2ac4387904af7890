import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { deltaHash, keyIdOf, type SignedType, signatureInput, snapshotHash } from '@/lib/kernel/bundle/chain';
import { encodeFrame, type Frame } from '@/lib/kernel/bundle/frames';
import type { Position } from '@/lib/kernel/bundle/messages';
import type { Resource } from '@/lib/kernel/bundle/resources';
import type { Region } from '@/lib/kernel/region';
import { primitives } from '@/lib/primitives';
import { readKeys } from '@/media-plane/policy/verify';

/** A signer for hostile scenarios: unlike the keyring it signs whatever it is told, for example going backwards. */
export class TestSigner {
  readonly keys;
  readonly #key: KeyObject;
  readonly #keyId: string;

  constructor(
    seed: string,
    readonly region: Region = 'EU',
  ) {
    const pkcs8 = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      createHash('sha256').update(seed).digest(),
    ]);
    this.#key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const raw = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-32);
    this.#keyId = keyIdOf(primitives, raw);
    this.keys = readKeys([{ keyId: this.#keyId, publicKey: raw.toString('base64') }]);
  }

  snapshot(seq: number, resources: unknown[], epoch = 1): { frame: Frame; position: Position } {
    const frame = this.frame('Snapshot', { region: this.region, epoch, seq, resources });
    return { frame, position: { epoch, seq, hash: snapshotHash(primitives, frame.payload) } };
  }

  delta(base: Position, seq: number, put: unknown[], del: string[] = []): { frame: Frame; position: Position } {
    const { region } = this;
    const { epoch } = base;
    const frame = this.frame('Delta', { region, epoch, baseSeq: base.seq, baseHash: base.hash, seq, put, del });
    return { frame, position: { epoch, seq, hash: deltaHash(primitives, base.hash, frame.payload) } };
  }

  beat(position: Position, issued: number, expires = issued + 30_000): Frame {
    return this.frame('Beat', { region: this.region, ...position, issued, expires });
  }

  frame(type: SignedType, body: unknown): Frame {
    const payload = Buffer.from(JSON.stringify(body));
    const value = sign(null, signatureInput(type, this.region, payload), this.#key).toString('base64');
    const extra = type === 'Delta' ? { lane: 'fast', mode: 'enforce' } : {};
    return { header: { type, signatures: [{ keyId: this.#keyId, value }], ...extra }, payload };
  }
}

export const bytesOf = ({ header, payload }: Frame): Uint8Array => encodeFrame(header, payload);

export const APP = '0123456789abcdef0123456789abcdef';
export const fence = (regions: Region[], version = 1): Resource => ({ kind: 'fence', id: APP, version, regions });
export const staleness = (joinSeconds: number, version = 1): Resource => ({
  kind: 'staleness',
  id: APP,
  version,
  joinSeconds,
});
