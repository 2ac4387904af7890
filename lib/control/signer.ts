import type { Position } from '@/lib/kernel/bundle/messages';
import { regionDelta, regionView } from '@/lib/kernel/bundle/region-view';
import type { Resource } from '@/lib/kernel/bundle/resources';
import type { Region } from '@/lib/kernel/region';
import { type Input, type Keyring, KeyringError } from '@/lib/keyring';
import type { StoredFrame } from './frames';
import type { Changes } from './store';

/**
 * Turns changes into the next signed step of each region's chain. Every region gets every sequence number, with an empty delta when
 * nothing of the change concerns it, so that "this edge enforces everything up to n" is one number.
 */

/** A snapshot takes the place of every such-and-such delta, so that edges and servers can forget what lies before it. */
export const DELTAS_PER_SNAPSHOT = 256;

export type FormerFence = Parameters<typeof regionDelta>[3];

export async function signDelta(
  keyring: Keyring,
  region: Region,
  base: Position,
  changes: Changes,
  formerFence?: FormerFence,
): Promise<StoredFrame> {
  const { put, del } = regionDelta(changes.rows, region, base.seq, formerFence);
  const input = { type: 'Delta', region, base, epoch: changes.epoch, seq: changes.seq, put, del } as const;
  return await sign(keyring, input, base.seq);
}

export async function signSnapshot(keyring: Keyring, region: Region, changes: Changes): Promise<StoredFrame> {
  const all = changes.rows
    .map(({ resource }) => resource)
    .filter((resource): resource is Resource => resource !== null);
  const resources = regionView(all, region);
  return await sign(keyring, { type: 'Snapshot', region, epoch: changes.epoch, seq: changes.seq, resources }, null);
}

/** `issued` and `expires` in Unix milliseconds. */
export async function signBeat(
  keyring: Keyring,
  region: Region,
  position: Position,
  issued: number,
  expires: number,
): Promise<StoredFrame> {
  const signed = await keyring.call('policy.sign', { type: 'Beat', region, position, issued, expires });
  // One row per region and epoch: the newest beat replaces the one before.
  return toFrame(region, position.epoch, 0, 'Beat', null, signed);
}

/** The keyring knows another head than we do, for example because a step it signed was never stored: a snapshot starts over. */
export const needsSnapshot = (error: unknown): boolean =>
  error instanceof KeyringError && error.refusal === 'policy.base_unknown';

type SignStep = Exclude<Input<'policy.sign'>, { type: 'Beat' }>;

async function sign(keyring: Keyring, input: SignStep, baseSeq: number | null): Promise<StoredFrame> {
  const signed = await keyring.call('policy.sign', input);
  return toFrame(input.region, input.epoch, input.seq, input.type, baseSeq, signed);
}

function toFrame(
  region: Region,
  epoch: number,
  seq: number,
  type: StoredFrame['type'],
  baseSeq: number | null,
  { payload, hash, signatures }: { payload: string; hash: string; signatures: StoredFrame['signatures'] },
): StoredFrame {
  return { region, epoch, seq, type, baseSeq, hash, payload: Buffer.from(payload, 'base64'), signatures };
}
