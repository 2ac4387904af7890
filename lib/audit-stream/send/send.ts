import { keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import type { Receiver } from '../address';
import type { Answer } from './answer';
import { post } from './http';
import type { NetworkRules } from './network';
import { write } from './syslog';

/** Something to send: a signed request, or framed messages. */
export type Parcel =
  | { kind: 'http'; streamId: string; sealed: readonly string[]; id: string; body: string }
  | { kind: 'syslog'; frames: string };

export interface Sent extends Answer {
  millis: number;
  bytes: number;
}

/** Sends once. What the receiver or the way to it does is in the answer; throws `keyring.unavailable` only. */
export async function send(parcel: Parcel, to: Receiver, rules: NetworkRules, stop: AbortSignal): Promise<Sent> {
  const bytes = Buffer.byteLength(parcel.kind === 'http' ? parcel.body : parcel.frames);
  const headers = parcel.kind === 'http' ? await signed(parcel) : {};
  const begun = systemClock.now();
  const answer =
    parcel.kind === 'http'
      ? await post(to, headers, parcel.body, rules, stop)
      : await write(to, parcel.frames, rules, stop);
  return { ...answer, bytes, millis: Math.max(0, systemClock.now() - begun) };
}

/** Standard Webhooks 1.0: the time is that of the try, the id that of the content. */
async function signed({ streamId, sealed, id, body }: Extract<Parcel, { kind: 'http' }>) {
  const timestamp = Math.floor(systemClock.now() / 1000);
  const { signatures } = await keyring().call('stream.sign', { streamId, sealed: [...sealed], id, timestamp, body });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}
