import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import { EVENTS, splitFields } from './events';
import { entryOfRow, type Header, headerFields, leafOf, pseudonym, schemaDigest, valueBytes } from './leaf';

const header: Header = {
  id: '0198f3a0-0000-7000-8000-000000000001',
  organisationId: 'org_1',
  at: '2026-11-21T12:00:00.000Z',
  actId: '0198f3a0-0000-7000-8000-000000000002',
  schema: 'sign-in@1',
  schemaDigest: schemaDigest('sign-in@1', primitives),
  outcome: 'success',
  actorKind: 'member',
  actor: 'act_1',
  objectType: 'Session',
  objectId: 'ses_1',
  projectId: null,
  details: { factor: 'totp' },
};
const seed = new Uint8Array(16).fill(7);

describe('leaves', () => {
  const email = { name: 'email', salt: new Uint8Array(16).fill(9), value: valueBytes('a@example.com') };

  it('open the header field by field, and say which personal fields there are', () => {
    const fields = headerFields(header, ['email'], seed);
    const texts = Object.fromEntries(fields.map(({ name, value }) => [name, Buffer.from(value).toString()]));
    expect(texts).toMatchObject({ schema: '"sign-in@1"', projectId: 'null', details: '{"factor":"totp"}' });
    expect(JSON.parse(texts.about!)).toEqual({
      organisationId: 'org_1',
      personal: ['email'],
      schemaDigest: header.schemaDigest,
    });
    expect(new Set(fields.map(({ salt }) => Buffer.from(salt).toString('hex'))).size).toBe(fields.length);
  });

  it('have salts that only the seed gives: SHAKE256 of tag and seed', () => {
    const salts = createHash('shake256', { outputLength: 12 * 16 })
      .update('cordon/audit/salts/v1\n')
      .update(seed)
      .digest();
    expect(Buffer.concat(headerFields(header, [], seed).map(({ salt }) => salt))).toEqual(salts);
  });

  it('are made again from the row, and only from that row', () => {
    const { entry, ...written } = leafOf(header, [email], seed, primitives);
    const row = { ...written, seed };
    expect(Buffer.from(entryOfRow(row, primitives))).toEqual(Buffer.from(entry));
    const changed = [
      { ...row, header: valueBytes({ ...header, outcome: 'refused' }) },
      { ...row, header: valueBytes({ ...header, organisationId: null }) },
      { ...row, commitments: {} },
      { ...row, commitments: { email: Buffer.alloc(32).toString('base64') } },
      { ...row, seed: new Uint8Array(16) },
    ];
    for (const other of changed) expect(Buffer.from(entryOfRow(other, primitives))).not.toEqual(Buffer.from(entry));
  });
});

describe('headers', () => {
  it('are canonical whatever the order of their members', () => {
    const of = (header: Header) => Buffer.from(leafOf(header, [], seed, primitives).header).toString();
    const turned = Object.fromEntries(Object.entries(header).reverse()) as unknown as Header;
    expect(of(turned)).toBe(canonicalJson(header));
    expect(of({ ...header, details: { b: 1, a: 'é"\n' } })).toBe(
      canonicalJson({ ...header, details: { a: 'é"\n', b: 1 } }),
    );
  });

  it('name a person differently in each organisation', () => {
    const names = ['org_a', 'org_b', null].map((organisation) =>
      pseudonym('member', 'usr_1', organisation, primitives),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^act_[0-9a-f]{32}$/);
    expect(pseudonym('edge', 'eu-1', null, primitives)).toBe('eu-1');
  });

  it('carry the digest of the shape of their event', () => {
    expect(schemaDigest('sign-in@1', primitives)).not.toBe(schemaDigest('sign-in.refused@1', primitives));
  });
});

describe('the registry', () => {
  it('gives every event a version and no field twice', () => {
    for (const [name, { plain, personal }] of Object.entries(EVENTS)) {
      expect(name).toMatch(/^[a-z][a-z._-]+@[1-9]\d*$/);
      expect([name, Object.keys(plain).filter((field) => field in personal)]).toEqual([name, []]);
    }
  });

  it('counts as personal whatever could name or describe a person', () => {
    for (const [name, { plain }] of Object.entries(EVENTS)) {
      for (const field of Object.keys(plain))
        expect([name, field]).not.toEqual([
          name,
          expect.stringMatching(/^(email|name|reason|subject|account|channel|member|address.*|userAgent)$/),
        ]);
    }
  });

  it('refuses unknown and malformed fields', () => {
    expect(() => splitFields('sign-in@1', { factor: 'totp', email: 'a', extra: 1 })).toThrow(/no field extra/);
    expect(() => splitFields('sign-in@1', { factor: 'guess', email: 'a' })).toThrow();
  });
});
