import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { id } from '@/test/support/grants';
import { ACT_LIMITS, areTerms } from '../act';
import {
  areGrantTerms,
  covers,
  GRANT_KINDS,
  GRANT_LIMITS,
  type GrantTerms,
  grantTerms,
  PURPOSES,
  readGrantTerms,
} from './index';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const line = (minLength: number, maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .map((text) => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '.').trim())
    .filter((text) => text.length >= minLength && text.length <= maxLength);
const time = fc.integer({ min: 1, max: 253_402_300_799 });
const target = fc.oneof(
  fc.constantFrom('a', 'eu-1', 'x'.repeat(63)).map((name) => `host:${name}`),
  hex(32).map((app) => `app:${app}`),
);
const role = fc.oneof(
  fc.constantFrom('security', 'on-call'),
  hex(32).map((org) => `customer org_${org}`),
);

const arbitraryTerms: fc.Arbitrary<GrantTerms> = fc.constantFrom(...GRANT_KINDS).chain((kind) =>
  fc
    .record({
      kind: fc.constant(kind),
      extends: kind === 'extension' ? hex(32).map((text) => `grt_${text}`) : fc.constant(null),
      person: hex(32).map((text) => `usr_${text}`),
      targets: fc.uniqueArray(target, { minLength: 1, maxLength: GRANT_LIMITS.targets }),
      command: fc.option(
        fc
          .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 })
          .map((text) => text.trim())
          .filter((text) => text.length > 0),
      ),
      files: fc.boolean(),
      purpose: fc.constantFrom(...PURPOSES),
      reason: line(10, 200),
      ticket: line(0, 64),
      startsAt: kind === 'access' ? fc.option(time) : fc.constant(null),
      minutes: fc.integer({ min: 1, max: GRANT_LIMITS.minutes[kind] }),
      decideBy: time,
      approvals:
        kind === 'break-glass'
          ? fc.constant([])
          : fc.uniqueArray(fc.record({ role, count: fc.integer({ min: 1, max: 5 }) }), {
              selector: (need) => need.role,
              minLength: 1,
              maxLength: 8,
            }),
      denials: fc.integer({ min: 1, max: 3 }),
      policy: fc.tuple(hex(32), fc.integer({ min: 1, max: 999 })).map(([text, n]) => `elp_${text}@${n}`),
    })
    .filter(areGrantTerms),
);

const sample: GrantTerms = fc.sample(
  arbitraryTerms.filter(({ kind }) => kind === 'access'),
  { seed: 7, numRuns: 1 },
)[0]!;

describe('terms of a request', () => {
  it('read back from what is signed as they were asked for, and fit into a statement', () => {
    fc.assert(
      fc.property(arbitraryTerms, (terms) => {
        const text = grantTerms(terms);
        expect(readGrantTerms(text)).toEqual(terms);
        expect(areTerms(text)).toBe(true);
      }),
    );
  });

  it('have one text for a request, and one request for a text', () => {
    fc.assert(
      fc.property(arbitraryTerms, fc.nat(), fc.string({ maxLength: 5 }), fc.nat(), (terms, n, junk, at) => {
        const text = grantTerms(terms);
        const i = n % text.length;
        const [name, value] = text[i]!;
        const cut = at % (value.length + 1);
        const changed = text.with(i, [name, value.slice(0, cut) + junk + value.slice(cut)]);
        const read = readGrantTerms(changed);
        if (read) expect(grantTerms(read)).toEqual(changed);
      }),
    );
  });

  it.each<[string, (text: readonly (readonly [string, string])[]) => readonly (readonly [string, string])[]]>([
    ['without one of them', (text) => text.slice(0, -1)],
    ['in another order', (text) => text.toReversed()],
    ['with one twice', (text) => [...text, text[9]!]],
    ['with one more', (text) => [...text, ['Note', 'x']]],
    ['minutes with a zero before', (text) => text.with(9, ['Minutes', `0${text[9]![1]}`])],
    ['minutes in hexadecimal', (text) => text.with(9, ['Minutes', '0x10'])],
    ['files that may perhaps be copied', (text) => text.with(4, ['Files', 'maybe'])],
    ['a day that is none', (text) => text.with(10, ['Decide by', '2026-02-30 00:00:00 UTC'])],
    ['nothing', () => []],
  ])('are none %s', (_, change) => {
    expect(readGrantTerms(grantTerms(sample))).toEqual(sample);
    expect(readGrantTerms(change(grantTerms(sample)))).toBeNull();
  });

  it.each<[string, Partial<GrantTerms>]>([
    ['no target', { targets: [] }],
    ['a target twice', { targets: ['host:a', 'host:a'] }],
    ['nine targets', { targets: Array.from({ length: 9 }, (_, i) => `host:h${i}`) }],
    ['a target with a space', { targets: ['host:a b'] }],
    ['an empty command', { command: '' }],
    ['a command of two lines', { command: 'id\nreboot' }],
    ['a command with a letter that looks like another', { command: 'cat /etc/h\u043ests' }],
    ['a command with a space at its end', { command: 'id ' }],
    ['a reason of nine letters', { reason: 'x'.repeat(9) }],
    ['a reason written backwards', { reason: `looks good \u202e doog skool` }],
    ['a reason with half a letter', { reason: 'looks good \ud800' }],
    ['no minutes', { minutes: 0 }],
    ['half a minute', { minutes: 0.5 }],
    ['a minute too many', { minutes: GRANT_LIMITS.minutes.access + 1 }],
    ['nobody who agrees', { approvals: [] }],
    ['customers alone', { approvals: [{ role: `customer ${id('org', 1)}`, count: 2 }] }],
    [
      'a role twice',
      {
        approvals: [
          { role: 'security', count: 1 },
          { role: 'security', count: 2 },
        ],
      },
    ],
    [
      'a role nobody has',
      {
        approvals: [
          { role: 'security', count: 1 },
          { role: 'friend', count: 1 },
        ],
      },
    ],
    ['nobody of a role', { approvals: [{ role: 'security', count: 0 }] }],
    ['no refusal that counts', { denials: 0 }],
    ['an extension of nothing', { kind: 'extension', startsAt: null, minutes: 5 }],
    ['an access that extends', { extends: id('grt', 1) }],
    ['break-glass with approvals', { kind: 'break-glass', minutes: 5, startsAt: null }],
    ['break-glass for later', { kind: 'break-glass', minutes: 5, approvals: [], startsAt: 5 }],
    ['a policy without version', { policy: id('elp', 1) }],
  ])('are refused with %s', (_, over) => {
    expect(areGrantTerms({ ...sample, ...over })).toBe(false);
    expect(() => grantTerms({ ...sample, ...over })).toThrow(RangeError);
  });

  it('fit into a statement at their longest', () => {
    const longest = grantTerms({
      ...sample,
      targets: Array.from({ length: GRANT_LIMITS.targets }, (_, i) => `host:${String(i).padEnd(63, 'x')}`),
      command: 'x'.repeat(GRANT_LIMITS.command),
      reason: 'x'.repeat(GRANT_LIMITS.reason.max),
      approvals: Array.from({ length: GRANT_LIMITS.needs }, (_, i) => ({
        role: i === 0 ? 'security' : `customer ${id('org', i)}`,
        count: 5,
      })),
    });
    expect(Math.max(...longest.map(([, value]) => value.length))).toBeLessThan(ACT_LIMITS.value);
    expect(areTerms(longest)).toBe(true);
  });
});

describe('an approval', () => {
  it('is one of the same request with as many minutes or fewer, and of no other', () => {
    fc.assert(
      fc.property(arbitraryTerms, arbitraryTerms, fc.nat(), (asked, other, n) => {
        const fewer = { ...asked, minutes: 1 + (n % asked.minutes) };
        expect(covers(fewer, asked)).toBe(true);
        expect(covers(asked, fewer)).toBe(fewer.minutes === asked.minutes);
        // Never throws either, whatever the kinds allow.
        expect(covers(other, asked)).toBe(false);
      }),
    );
  });

  it.each<Partial<GrantTerms>>([
    { targets: ['host:somewhere-else'] },
    { command: 'id' },
    { files: !sample.files },
    { reason: 'another reason altogether' },
    { ticket: 'OTHER-1' },
    { person: id('usr', 9) },
    { decideBy: sample.decideBy + 1 },
    { startsAt: (sample.startsAt ?? 5) + 1 },
    { approvals: [{ role: 'security', count: 4 }] },
    { denials: (sample.denials % 3) + 1 },
    { policy: `${id('elp', 5)}@1` },
    { purpose: PURPOSES.find((purpose) => purpose !== sample.purpose)! },
    { kind: 'break-glass', approvals: [], startsAt: null, minutes: 1 },
  ])('with %o is none', (over) => {
    expect(covers(sample, sample)).toBe(true);
    expect(covers({ ...sample, minutes: 1, ...over }, sample)).toBe(false);
  });
});
