import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { ACT_LIMITS, type ActStatement, areTerms, challengeOf, parseStatement, statementText, termsDigest } from '.';

const statement: ActStatement = {
  nonce: 'bm9uY2U',
  realm: 'customer',
  user: 'usr_1',
  session: 'ses_1',
  action: 'fence.apply',
  object: 'prj_1',
  version: '3',
  terms: [
    ['Regions', 'EU, NA'],
    ['Reason', 'note: ends with a colon:'],
  ],
  verdict: 'confirm',
  role: 'owner',
  issuedAt: 1_795_262_402,
  expiresAt: 1_795_262_702,
};

/** Text as it may stand in one line; and text of every kind, colons, breaks and lone surrogates often. */
const line = (max: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: 40 })
    .filter((text) => text.length <= max && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text));
const hostile = fc
  .array(
    fc.constantFrom('\n', '\r', '\u2028', '\u0085', '\0', ': ', ':', 'term ', 'x', '\ud800', '\udc00', '\u202e', 'é'),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const term = fc.tuple(
  line(ACT_LIMITS.name).filter((name) => name !== '' && !name.includes(':')),
  line(ACT_LIMITS.value),
);
const statements: fc.Arbitrary<ActStatement> = fc.record({
  nonce: line(256),
  realm: fc.constantFrom('customer', 'staff'),
  user: line(256),
  session: line(256),
  action: line(256),
  object: line(256),
  version: line(256),
  terms: fc.array(term, { maxLength: 8 }),
  verdict: fc.constantFrom('confirm', 'approve', 'deny', 'endorse'),
  role: line(256),
  issuedAt: fc.integer({ min: 0, max: 999_999_999_999 }),
  expiresAt: fc.integer({ min: 0, max: 999_999_999_999 }),
});

const textOrNull = (of: ActStatement): string | null => {
  try {
    return statementText(of);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return null;
  }
};

describe('the text of a statement', () => {
  it('is this', () => {
    expect(statementText(statement)).toBe(
      [
        'cordon-act/1',
        'nonce: bm9uY2U',
        'realm: customer',
        'user: usr_1',
        'session: ses_1',
        'action: fence.apply',
        'object: prj_1',
        'version: 3',
        'verdict: confirm',
        'role: owner',
        'issued: 1795262402',
        'expires: 1795262702',
        'term Regions: EU, NA',
        'term Reason: note: ends with a colon:',
        '',
      ].join('\n'),
    );
  });

  it('is read back as the statement it was made of', () => {
    fc.assert(
      fc.property(statements, (of) => {
        expect(parseStatement(statementText(of))).toEqual(of);
      }),
    );
  });

  it('says one thing: whatever is put into a field, it is refused or read back in that field', () => {
    const field = fc.constantFrom('nonce', 'user', 'session', 'action', 'object', 'version', 'role');
    fc.assert(
      fc.property(statements, field, hostile, (of, name, value) => {
        const changed = { ...of, [name]: value };
        const text = textOrNull(changed);
        if (text !== null) expect(parseStatement(text)).toEqual(changed);
      }),
    );
    fc.assert(
      fc.property(statements, hostile, hostile, (of, name, value) => {
        const changed = { ...of, terms: [...of.terms, [name, value] as const] };
        const text = textOrNull(changed);
        expect(text !== null).toBe(areTerms(changed.terms));
        if (text !== null) expect(parseStatement(text)).toEqual(changed);
      }),
    );
  });

  it('is the only text of its statement: any other is refused, or means something else', () => {
    const insert = fc.tuple(fc.nat(), fc.constantFrom('\n', ' ', '0', 'a', ':', '\r', '\u202e', 'term x: y\n'));
    fc.assert(
      fc.property(statements, insert, (of, [at, what]) => {
        const text = statementText(of);
        const where = at % (text.length + 1);
        const changed = text.slice(0, where) + what + text.slice(where);
        const parsed = parseStatement(changed);
        if (!parsed) return;
        expect(parsed).not.toEqual(of);
        expect(statementText(parsed)).toBe(changed);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no line break at the end', statementText(statement).slice(0, -1)],
    ['another head', statementText(statement).replace('cordon-act/1', 'cordon-act/2')],
    ['lines in another order', statementText(statement).replace(/(user: .*\n)(session: .*\n)/, '$2$1')],
    ['a verdict nobody knows', statementText(statement).replace('confirm', 'perhaps')],
    ['a realm nobody knows', statementText(statement).replace('customer', 'auditor')],
    ['a time with a sign', statementText(statement).replace('issued: 1', 'issued: -1')],
    ['a time with a leading zero', statementText(statement).replace('issued: ', 'issued: 0')],
    ['more than the limit', `${statementText(statement)}term x: ${'y'.repeat(ACT_LIMITS.text)}\n`],
  ])('does not stand when it has %s', (_, text) => expect(parseStatement(text)).toBeNull());

  it.each([
    ['too many terms', { terms: Array.from({ length: 33 }, () => ['a', 'b'] as const) }],
    ['a name too long', { terms: [['a'.repeat(65), 'b']] }],
    ['a value too long', { terms: [['a', 'b'.repeat(1025)]] }],
    ['a term without a name', { terms: [['', 'b']] }],
    ['a colon in a name', { terms: [['a:', 'b']] }],
    ['a field too long', { user: 'u'.repeat(257) }],
    ['more text than fits', { terms: Array.from({ length: 20 }, () => ['a', 'b'.repeat(1000)] as const) }],
    ['an override of direction', { terms: [['a', 'EU \u202eAN']] }],
  ])('is refused with %s, never cut', (_, over) => {
    expect(() => statementText({ ...statement, ...(over as object) })).toThrow(RangeError);
  });
});

describe('challenge and digest', () => {
  it('challenge with SHA-256 of the text in UTF-8', () => {
    const text = statementText({ ...statement, role: 'Eigentümer 🔑' });
    expect(Buffer.from(challengeOf(text, primitives))).toEqual(createHash('sha256').update(text, 'utf8').digest());
  });

  it('digest differs when anything that was agreed to does', () => {
    const digest = (version: string, terms: ActStatement['terms']) => termsDigest(version, terms, primitives);
    fc.assert(
      fc.property(statements, statements, (a, b) => {
        const same = a.version === b.version && JSON.stringify(a.terms) === JSON.stringify(b.terms);
        expect(digest(a.version, a.terms) === digest(b.version, b.terms)).toBe(same);
      }),
    );
    expect(digest('3', statement.terms)).not.toBe(digest('3', [...statement.terms].reverse()));
  });

  it('digest takes no version or term that could imitate another', () => {
    expect(() => termsDigest('3\nterm Regions: EU', [], primitives)).toThrow(RangeError);
    expect(() => termsDigest('3', [['Regions', 'EU\nterm Reason: none']], primitives)).toThrow(RangeError);
  });
});
