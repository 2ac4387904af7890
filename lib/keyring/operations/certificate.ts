import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { certificateContext, seal, unseal } from '../seal';

/** Makes a certificate: 128 random bits as 32 lower-case hex characters (the text itself is the HMAC key of tokens). */
export function createCertificate({ keys }: Context, input: Input<'certificate.create'>): Output<'certificate.create'> {
  const value = randomBytes(16).toString('hex');
  const [key] = keys.certificateKeys;
  if (!key) throw new Refusal('internal');
  return {
    value,
    sealed: seal(key, Buffer.from(value), certificateContext(input)),
    fingerprint: fingerprint(keys.fingerprintKey, value),
  };
}

/** Shows a certificate to whoever proved a second factor for exactly this act on exactly this certificate, once. */
export function revealCertificate(context: Context, input: Input<'certificate.reveal'>): Output<'certificate.reveal'> {
  const { purpose, ticket, certificateId } = input;
  const meant = purpose.action === 'certificate.reveal' && purpose.object === certificateId;
  if (!meant || !context.tickets.use(ticket, purpose, context.now())) throw new Refusal('ticket.refused');
  return { value: openCertificate(context, input).toString('latin1') };
}

export interface SealedCertificate {
  certificateId: string;
  projectId: string;
  appId: string;
  sealed: string;
}

/** The certificate's ASCII text. Throws `sealed.unreadable` when it was sealed for another row. */
export const openCertificate = ({ keys }: Context, of: SealedCertificate): Buffer =>
  unseal(keys.certificateKeys, of.sealed, certificateContext(of));

/** Names a certificate without revealing it: `c1:` and 24 bits of a keyed digest, shown as four characters … two. */
function fingerprint(key: Buffer, value: string): string {
  const digest = createHmac('sha256', key).update(value).digest('hex');
  return `c1:${digest.slice(0, 4)}…${digest.slice(4, 6)}`;
}
