import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryTerms } from '@/test/support/grant-terms';
import { id, sharesOf } from '@/test/support/grants';
import { ACT_LIMITS, areTerms } from '../act';
import { areGrantTerms, covers, GRANT_LIMITS, type GrantTerms, grantTerms, PURPOSES, readGrantTerms } from './index';

const sample: GrantTerms = fc.sample(
  arbitraryTerms.filter(({ kind }) => kind === 'access'),
  { seed: 7, numRuns: 1 },
)[0]!;

const ORG = id('org', 1);
const ASKED = [
  { role: 'security', count: 1 },
  { role: `customer ${ORG}`, count: 1 },
];
const SHARE = { organisation: ORG, targets: sample.targets };
const TWO = { approvals: ASKED, targets: ['host:a', 'host:b'] };
/** Of all limits of a request together, one value of a statement does not hold who has what. */
const CROWD = Array.from({ length: GRANT_LIMITS.needs }, (_, i) => ({
  role: i === 0 ? 'security' : `customer ${id('org', i)}`,
  count: 5,
}));
const FULL = Array.from({ length: GRANT_LIMITS.targets }, (_, i) => `host:${String(i).padEnd(63, 'x')}`);
const CROWDED = { approvals: CROWD, targets: FULL, customers: sharesOf(CROWD, FULL.slice(0, 2)) };

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
    ['a customer who is not told of what', { approvals: ASKED, customers: [] }],
    ['a customer with nothing at stake', { approvals: ASKED, customers: [{ organisation: ORG, targets: [] }] }],
    ['a customer who is not asked', { approvals: ASKED.slice(0, 1), customers: sharesOf(ASKED, sample.targets) }],
    ['another customer than is asked', { approvals: ASKED, customers: [{ ...SHARE, organisation: id('org', 2) }] }],
    ['a customer twice', { approvals: ASKED, customers: [SHARE, SHARE] }],
    [
      'a target for a customer that is not asked for',
      { approvals: ASKED, customers: [{ ...SHARE, targets: ['host:no'] }] },
    ],
    [
      'targets for a customer in another order',
      { ...TWO, customers: [{ ...SHARE, targets: TWO.targets.toReversed() }] },
    ],
    ['a target for a customer twice', { ...TWO, customers: [{ ...SHARE, targets: ['host:a', 'host:a'] }] }],
    ['more of customers than a statement takes', CROWDED],
  ])('are refused with %s', (_, over) => {
    expect(areGrantTerms({ ...sample, ...over })).toBe(false);
    expect(() => grantTerms({ ...sample, ...over })).toThrow(RangeError);
  });

  it('fit into a statement at their longest', () => {
    const longest = grantTerms({
      ...sample,
      targets: FULL,
      command: 'x'.repeat(GRANT_LIMITS.command),
      reason: 'x'.repeat(GRANT_LIMITS.reason.max),
      approvals: CROWD,
      customers: sharesOf(CROWD, FULL.slice(0, 1)),
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
    { targets: ['host:somewhere-else'], approvals: [{ role: 'security', count: 1 }], customers: [] },
    { command: 'id' },
    { files: !sample.files },
    { reason: 'another reason altogether' },
    { ticket: 'OTHER-1' },
    { person: id('usr', 9) },
    { decideBy: sample.decideBy + 1 },
    { startsAt: (sample.startsAt ?? 5) + 1 },
    { approvals: [{ role: 'security', count: 4 }], customers: [] },
    { denials: (sample.denials % 3) + 1 },
    { policy: `${id('elp', 5)}@1` },
    { purpose: PURPOSES.find((purpose) => purpose !== sample.purpose)! },
    { kind: 'break-glass', approvals: [], customers: [], startsAt: null, minutes: 1 },
  ])('with %o is none', (over) => {
    expect(covers(sample, sample)).toBe(true);
    expect(covers({ ...sample, minutes: 1, ...over }, sample)).toBe(false);
  });
});
