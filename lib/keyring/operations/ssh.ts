import { parsePublicKey } from '@/lib/kernel/ssh';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { randomSerial, signHostCertificate } from '../ssh';
import { hosts } from './edge';

const DAY_SECONDS = 86_400;
/** Clocks of other machines may be behind ours. */
const BACKDATE_SECONDS = 60;

export function sshHostCertificate(
  { keys, now }: Context,
  input: Input<'ssh.hostCertificate'>,
): Output<'ssh.hostCertificate'> {
  const key = parsePublicKey(input.publicKey);
  const principals = [...new Set(hosts(input.hosts))];
  if (!key) throw new Refusal('request.invalid');
  const seconds = Math.floor(now() / 1000);
  const serial = randomSerial();
  const validBefore = seconds + DAY_SECONDS;
  const certificate = signHostCertificate(keys, {
    publicKey: key.publicKey,
    serial,
    keyId: principals[0]!,
    principals,
    validAfter: seconds - BACKDATE_SECONDS,
    validBefore,
  });
  return { certificate, serial: serial.toString(), expiresAt: validBefore * 1000 };
}
