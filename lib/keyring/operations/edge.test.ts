import { webcrypto, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequest, openRegionKey, openTestKeyring, type TestKeyring } from '../test-support';
import { loadX509 } from '../x509';
import { run } from './index';

let keyring: TestKeyring;
let other: TestKeyring;
beforeAll(async () => {
  [keyring, other] = await Promise.all([openTestKeyring(), openTestKeyring()]);
});
afterAll(() => Promise.all([keyring.close(), other.close()]));

const enrol = async (region: 'EU' | 'NA' = 'EU', from = keyring) => {
  const { csr, privateKey } = await createRequest();
  const issued = await run(from.context, 'edge.certificate', {
    name: 'one-eu',
    region,
    csr,
    hosts: ['127.0.0.1', 'edge.example.org'],
  });
  return { ...issued, privateKey };
};
const regionKey = (region: 'EU' | 'NA', certificate: string) =>
  run(keyring.context, 'edge.regionKey', { region, certificate });

describe('edge.certificate', () => {
  it('names the edge, its region and hosts, for a day, under the published authority', async () => {
    const { certificate, expiresAt } = await enrol();
    const read = new X509Certificate(certificate);
    const trust = await run(keyring.context, 'trust.describe', {});
    expect(read.verify(new X509Certificate(trust.edgeCa).publicKey)).toBe(true);
    expect(read.subjectAltName).toBe(
      'URI:spiffe://cordon/region/EU/edge/one-eu, IP Address:127.0.0.1, DNS:edge.example.org',
    );
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(read.ca).toBe(false);
    expect(Date.parse(read.validTo)).toBe(expiresAt);
    expect(expiresAt - keyring.clock.now).toBe(86_400_000);
  });

  it.each([
    ['a name with a slash', { name: 'one/../../control' }, 'request.invalid'],
    ['an empty name', { name: '' }, 'request.invalid'],
    ['a wildcard host', { hosts: ['*.example.org'] }, 'request.invalid'],
    ['a host that carries another name', { hosts: ['a, URI:spiffe://cordon/control'] }, 'request.invalid'],
    ['an address with a zone', { hosts: ['fe80::1%eth0'] }, 'request.invalid'],
    ['no request', { csr: 'AAAA' }, 'csr.refused'],
  ])('refuses %s', async (_, over, code) => {
    const { csr } = await createRequest();
    const input = { name: 'one-eu', region: 'EU', csr, hosts: [], ...over };
    await expect(run(keyring.context, 'edge.certificate', input)).rejects.toMatchObject({ code });
  });

  it('reads a request as PEM and as base64 DER', async () => {
    const { csr } = await createRequest();
    const der = csr.replace(/-----[^-]+-----|\s/g, '');
    const input = { name: 'one-eu', region: 'EU', csr: der, hosts: [] };
    await expect(run(keyring.context, 'edge.certificate', input)).resolves.toBeDefined();
  });

  it('refuses a request whose signature is not by its own key', async () => {
    const { csr } = await createRequest();
    const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const at = der.length - 4;
    der[at] = (der[at] ?? 0) ^ 1;
    const input = { name: 'one-eu', region: 'EU', csr: der.toString('base64'), hosts: [] };
    await expect(run(keyring.context, 'edge.certificate', input)).rejects.toMatchObject({ code: 'csr.refused' });
  });
});

describe('access.certificate', () => {
  const ask = async (kind: 'gateway' | 'host', name: string) => {
    const { csr } = await createRequest();
    return await run(keyring.context, 'access.certificate', { kind, name, csr });
  };

  it('names a host or a gateway, as a client only, under the published authority', async () => {
    for (const kind of ['host', 'gateway'] as const) {
      const { certificate, expiresAt } = await ask(kind, 'eu-1');
      const read = new X509Certificate(certificate);
      expect(
        read.verify(new X509Certificate((await run(keyring.context, 'trust.describe', {})).edgeCa).publicKey),
      ).toBe(true);
      expect(read.subjectAltName).toBe(`URI:spiffe://cordon/${kind}/eu-1`);
      expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
      expect(expiresAt - keyring.clock.now).toBe(86_400_000);
      await expect(regionKey('EU', certificate)).rejects.toMatchObject({ code: 'certificate.refused' });
    }
  });

  it.each(['', 'a/../../control', 'A', '-a'])('refuses the name %j', async (name) =>
    expect(ask('host', name)).rejects.toMatchObject({ code: 'request.invalid' }),
  );

  it('certifies no other kind', async () =>
    expect(ask('control' as 'host', 'eu-1')).rejects.toMatchObject({ code: 'request.invalid' }));
});

describe('control.certificate', () => {
  it('is a server certificate with the identity of control, and gets no region key', async () => {
    const { csr } = await createRequest();
    const { certificate } = await run(keyring.context, 'control.certificate', { csr, hosts: ['localhost'] });
    const read = new X509Certificate(certificate);
    expect(read.subjectAltName).toBe('URI:spiffe://cordon/control, DNS:localhost');
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    await expect(regionKey('EU', certificate)).rejects.toMatchObject({ code: 'certificate.refused' });
  });
});

/** A certificate for EU by an authority of our own making that copies the real one's name and key identifier. */
async function forge(): Promise<string> {
  const x509 = await loadX509();
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const real = new x509.X509Certificate(keyring.context.authority.certificate);
  const identifier = real.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '';
  const forged = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=one-eu',
      issuer: real.subject,
      notBefore: new Date(keyring.clock.now - 1000),
      notAfter: new Date(keyring.clock.now + 1000),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'spiffe://cordon/region/EU/edge/one-eu' }]),
        new x509.AuthorityKeyIdentifierExtension(identifier),
      ],
    },
    webcrypto as Crypto,
  );
  return forged.toString('pem');
}

describe('edge.regionKey', () => {
  it('refuses a certificate that only looks as if the authority had issued it', async () => {
    const certificate = await forge();
    expect(
      new X509Certificate(certificate).checkIssued(new X509Certificate(keyring.context.authority.certificate)),
    ).toBe(true);
    await expect(regionKey('EU', certificate)).rejects.toMatchObject({ code: 'certificate.refused' });
  });

  it('reaches the edge of that region, and no other key opens it', async () => {
    const edge = await enrol();
    const sealed = (await regionKey('EU', edge.certificate)).regionKey;
    expect(openRegionKey(sealed, edge.privateKey)).toEqual(keyring.context.keys.regionKeys.EU);
    const stranger = await createRequest();
    expect(() => openRegionKey(sealed, stranger.privateKey)).toThrow();
    expect(() => openRegionKey(sealed.replace('.EU.', '.NA.'), edge.privateKey)).toThrow();
  });

  it('refuses another region, another authority, an expired or foreign text', async () => {
    const edge = await enrol();
    await expect(regionKey('NA', edge.certificate)).rejects.toMatchObject({ code: 'certificate.refused' });
    await expect(regionKey('EU', (await enrol('EU', other)).certificate)).rejects.toMatchObject({
      code: 'certificate.refused',
    });
    await expect(regionKey('EU', keyring.context.authority.certificate)).rejects.toMatchObject({
      code: 'certificate.refused',
    });
    await expect(regionKey('EU', 'nothing')).rejects.toMatchObject({ code: 'certificate.refused' });
    const before = keyring.clock.now;
    keyring.clock.now = edge.expiresAt;
    await expect(regionKey('EU', edge.certificate)).rejects.toMatchObject({ code: 'certificate.refused' });
    keyring.clock.now = before;
  });
});
