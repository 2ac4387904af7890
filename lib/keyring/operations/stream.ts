import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { seal, streamContext, unseal } from '../seal';

/** Standard Webhooks 1.0 asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

/** Sealed with the key of certificates: what a sealed text is for stands in its context, so that neither opens as the other. */
export function createStream({ keys }: Context, of: Input<'stream.create'>): Output<'stream.create'> {
  const [key] = keys.certificateKeys;
  if (!key) throw new Refusal('internal');
  const secret = randomBytes(SECRET_BYTES);
  return { secret: `${PREFIX}${secret.toString('base64')}`, sealed: seal(key, secret, streamContext(of)) };
}

/** A secret is opened here and stays here: whoever may have something signed cannot read what it is signed with. */
export function signStream({ keys }: Context, of: Input<'stream.sign'>): Output<'stream.sign'> {
  const { id, timestamp, body } = of;
  return {
    signatures: of.sealed.map((sealed) => {
      const secret = unseal(keys.certificateKeys, sealed, streamContext(of));
      return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    }),
  };
}
