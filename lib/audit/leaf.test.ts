import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { EVENTS, splitFields } from './events';
import { commitment, headerBytes, pseudonym, schemaDigest, valueBytes } from './leaf';

const salt = new Uint8Array(32).fill(7);

describe('commitments', () => {
  it('can be computed again with nothing but SHA-256', () => {
    const bytes = Buffer.concat([
      Buffer.from('cordon/audit/field/v1\n'),
      Buffer.from([0, 0, 0, 5]),
      Buffer.from('email'),
      salt,
      Buffer.from('"a@example.com"'),
    ]);
    expect(commitment('email', salt, valueBytes('a@example.com'), primitives)).toBe(
      createHash('sha256').update(bytes).digest('base64'),
    );
  });

  it('change with name, salt and value, and take no short salt', () => {
    const value = valueBytes('x');
    const all = [
      commitment('a', salt, value, primitives),
      commitment('b', salt, value, primitives),
      commitment('a', new Uint8Array(32), value, primitives),
      commitment('a', salt, valueBytes('y'), primitives),
    ];
    expect(new Set(all).size).toBe(4);
    expect(() => commitment('a', new Uint8Array(16), value, primitives)).toThrow(RangeError);
  });
});

describe('headers', () => {
  it('are canonical whatever the order of their members', () => {
    const header = { id: '1', at: 'x', details: { b: 1, a: 2 } } as never;
    expect(Buffer.from(headerBytes(header)).toString()).toBe('{"at":"x","details":{"a":2,"b":1},"id":"1"}');
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
