import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { parseReceiver, type Receiver } from './address';
import { networkRules } from './config';
import { streamErrors } from './errors';
import type { StreamKind } from './schemas';
import { isLoopback, mayReach } from './send/network';

const CERTIFICATES_AT_MOST = 4;

/**
 * What can be said of an address without asking anybody. What its name stands for is looked at whenever something is sent: it may be another then.
 * Throws `stream.address`, `stream.ca`.
 */
export function checked(kind: StreamKind, address: string, ca: string | null): Receiver {
  const refuse = (why: string) => streamErrors('stream.address', { field: 'address', why });
  const receiver = parseReceiver(kind, address, ca);
  if (!receiver)
    throw refuse(
      kind === 'http'
        ? 'It must look like https://siem.example.com/path, without a password in it.'
        : 'It must look like siem.example.com:6514.',
    );
  const { allowed, ports } = networkRules();
  const { host, port, tls } = receiver;
  if (!tls && !(isIP(host) && isLoopback(host) && mayReach(host, allowed)))
    throw refuse('It must begin with https://.');
  if (!ports(port)) throw refuse('Its port is not one that the provider allows.');
  if (isIP(host) && !mayReach(host, allowed)) throw refuse('It is not an address of the open internet.');
  if (ca !== null && !areCertificates(ca)) throw streamErrors('stream.ca', { field: 'ca' });
  return receiver;
}

function areCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const rest = blocks.reduce((text, block) => text.replace(block, ''), pem);
  if (blocks.length === 0 || blocks.length > CERTIFICATES_AT_MOST || rest.trim() !== '') return false;
  try {
    return blocks.every((block) => new X509Certificate(block).raw.length > 0);
  } catch {
    return false;
  }
}
