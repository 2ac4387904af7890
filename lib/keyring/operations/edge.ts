import { isIP } from 'node:net';
import { edgePublicKey, issue } from '../authority';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { sealRegionKey } from '../seal';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** An edge dials control and other edges, and other edges dial it: client and server certificate in one. */
export async function edgeCertificate(
  { authority, now }: Context,
  input: Input<'edge.certificate'>,
): Promise<Output<'edge.certificate'>> {
  if (!NAME.test(input.name)) throw new Refusal('request.invalid');
  const identity = `spiffe://cordon/region/${input.region}/edge/${input.name}`;
  return await issue(
    authority,
    input.csr,
    { identity, commonName: input.name, hosts: hosts(input.hosts), client: true },
    new Date(now()),
  );
}

/** Clients of control alone: nobody dials them with TLS of this authority. */
export async function accessCertificate(
  { authority, now }: Context,
  { kind, name, csr }: Input<'access.certificate'>,
): Promise<Output<'access.certificate'>> {
  if (!NAME.test(name)) throw new Refusal('request.invalid');
  const identity = `spiffe://cordon/${kind}/${name}`;
  return await issue(
    authority,
    csr,
    { identity, commonName: name, hosts: [], client: true, server: false },
    new Date(now()),
  );
}

export async function controlCertificate(
  { authority, now }: Context,
  input: Input<'control.certificate'>,
): Promise<Output<'control.certificate'>> {
  const request = {
    identity: 'spiffe://cordon/control',
    commonName: 'control',
    hosts: hosts(input.hosts),
    client: false,
  };
  return await issue(authority, input.csr, request, new Date(now()));
}

export function edgeRegionKey(
  { authority, keys, now }: Context,
  { region, certificate }: Input<'edge.regionKey'>,
): Output<'edge.regionKey'> {
  const recipient = edgePublicKey(authority, certificate, region, new Date(now()));
  return { regionKey: sealRegionKey(keys.regionKeys[region], region, recipient) };
}

/** Host names in lower case and IP addresses; nothing with a wildcard, a scheme, a port or an interface of somebody's machine. */
export function hosts(given: readonly string[]): string[] {
  return given.map((host) => {
    if ((isIP(host) === 0 || host.includes('%')) && !HOST.test(host)) throw new Refusal('request.invalid');
    return host;
  });
}
