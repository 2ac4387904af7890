import { describe, expect, it } from 'vitest';
import { areTerms } from '@/lib/kernel/act';
import { policyMarkdown } from './markdown';
import { accessPolicyForm, turnedAwayBy } from './schemas';
import { type AccessSettings, changedSettings, changedTerms, SETTINGS, type Setting } from './settings';
import { policyText } from './text';

const DEFAULTS: AccessSettings = {
  passwordMinCharacters: 12,
  passwordMaxAgeDays: null,
  sessionIdleMinutes: 60,
  sessionHours: 8,
  factor: 'any',
  networks: [],
  networksForSessions: true,
  networksForKeys: false,
};
const LISTED: AccessSettings = { ...DEFAULTS, networks: ['192.0.2.0/24'] };

const clauses = (settings: AccessSettings, whose?: 'members' | 'staff') =>
  policyText(settings, whose).flatMap((chapter) => chapter.clauses);
const textOf = (settings: AccessSettings, id: string) => clauses(settings).find((clause) => clause.id === id)?.text;

/** A change of each setting, and what the document says after it. */
const CHANGES: [Setting, Partial<AccessSettings>, RegExp][] = [
  ['passwordMinCharacters', { passwordMinCharacters: 20 }, /at least 20 characters/],
  [
    'passwordMaxAgeDays',
    { passwordMaxAgeDays: 90 },
    /for 90 days does not get in .* NIST SP 800-63B-4 advises against/,
  ],
  ['sessionIdleMinutes', { sessionIdleMinutes: 15 }, /After 15 minutes without activity/],
  ['sessionHours', { sessionHours: 1 }, /^1 hour after signing in/],
  ['factor', { factor: 'passkey' }, /with a passkey\. A code .* is not enough/],
  ['factor', { factor: 'device-bound' }, /stays on one device/],
  ['networks', { networks: ['10.0.0.0/8', '192.0.2.0/24'] }, /are 10\.0\.0\.0\/8, 192\.0\.2\.0\/24\./],
  ['networksForSessions', { networksForSessions: false }, /Members get in from any network/],
  ['networksForKeys', { networksForKeys: true }, /API keys work from the listed networks only/],
];

describe('the document', () => {
  it('has one clause for each setting, and one that nobody can change', () => {
    expect(
      clauses(DEFAULTS)
        .map(({ setting }) => setting)
        .sort(),
    ).toEqual(['fixed', ...SETTINGS].sort());
    expect(new Set(clauses(DEFAULTS).map(({ id }) => id)).size).toBe(SETTINGS.length + 1);
    expect(new Set(CHANGES.map(([setting]) => setting))).toEqual(new Set(SETTINGS));
  });

  it.each(CHANGES)(
    'says another sentence when %s is another, and no other sentence changes',
    (setting, change, says) => {
      const after = { ...LISTED, ...change };
      expect(changedSettings(LISTED, after)).toEqual([setting]);
      const changed = clauses(after).filter(({ id, text }) => text !== textOf(LISTED, id));
      expect(changed.map((clause) => clause.setting)).toEqual([setting]);
      expect(changed[0]!.text).toMatch(says);
    },
  );

  it('says that every network will do while none is listed, whatever the switches', () => {
    const open = { ...DEFAULTS, networksForSessions: true, networksForKeys: true };
    expect(textOf(open, 'networks-sessions')).toBe('Members get in from any network.');
    expect(textOf(open, 'networks-keys')).toBe('API keys work from any network.');
  });

  it('speaks of staff to staff, who have no API keys', () => {
    const staff = clauses({ ...LISTED, factor: 'passkey' }, 'staff');
    expect(staff.map(({ text }) => text).join(' ')).not.toMatch(/member|API key/i);
    expect(staff).toHaveLength(SETTINGS.length);
  });

  it('leaves the house as Markdown with where each sentence comes from, and nothing in a name can forge one', () => {
    const text = policyMarkdown({
      of: 'Acme\n## Factors\n- none',
      whose: 'members',
      settings: { ...DEFAULTS, sessionHours: 4 },
      version: 3,
      changes: { sessionHours: { at: '2026-11-02T09:00:00.000Z', by: 'Ada [x](http://evil.example)' } },
      at: '2026-11-21T10:00:00.000Z',
    });
    expect(text).toContain(
      '- 4 hours after signing in members sign in again, active or not.\n  (Absolute limit: 4 hours; changed 2026-11-02T09:00:00.000Z by Ada \\[x\\]\\(http://evil\\.example\\))',
    );
    expect(text).toContain('(Factor: passkey or authenticator app; default, never changed)');
    expect(text.match(/^## .*$/gm)).toEqual(['## Passwords', '## Sessions', '## Factors', '## Networks']);
    expect(text.split('\n')[0]).toBe('# Security policy: Acme \\#\\# Factors \\- none');
  });
});

describe('the terms of a change', () => {
  it('are exactly the settings that become others, before and after', () => {
    expect(changedTerms(DEFAULTS, DEFAULTS)).toEqual([]);
    expect(
      changedTerms(LISTED, {
        ...LISTED,
        passwordMaxAgeDays: 90,
        factor: 'passkey',
        networks: ['10.0.0.0/8', '2001:db8::/32'],
        networksForKeys: true,
      }),
    ).toEqual([
      ['Password age', 'no limit → 90 days'],
      ['Factor', 'passkey or authenticator app → passkey'],
      ['Networks added', '10.0.0.0/8, 2001:db8::/32'],
      ['Networks removed', '192.0.2.0/24'],
      ['Networks for API keys', 'off → on'],
    ]);
  });

  it('can always be signed: the longest lists there are come in parts', () => {
    const list = (first: string) =>
      Array.from({ length: 64 }, (_, n) => `2001:${first}:1111:2222:3333:4444:5555:${(0xa000 + n).toString(16)}/128`);
    const longest = { ...DEFAULTS, networks: list('db8') };
    const other: AccessSettings = {
      passwordMinCharacters: 64,
      passwordMaxAgeDays: 730,
      sessionIdleMinutes: 5,
      sessionHours: 24,
      factor: 'device-bound',
      networks: list('db9'),
      networksForSessions: false,
      networksForKeys: true,
    };
    const terms = changedTerms(longest, other);
    expect(areTerms(terms)).toBe(true);
    const named = (what: string) => terms.flatMap(([name, value]) => (name.startsWith(what) ? value.split(', ') : []));
    expect(named('Networks added')).toEqual(other.networks);
    expect(named('Networks removed')).toEqual(longest.networks);
  });
});

describe('the form', () => {
  const typed = {
    version: '2',
    passwordMinCharacters: '16',
    passwordMaxAgeDays: ' ',
    sessionIdleMinutes: '15',
    sessionHours: '8',
    factor: 'passkey',
    networks: '192.0.2.7/24',
    networksForSessions: 'on',
  };

  it('gives settings: an empty age is none, a box that is not sent is off', () => {
    expect(accessPolicyForm.members.parse(typed)).toEqual({
      version: 2,
      passwordMinCharacters: 16,
      passwordMaxAgeDays: null,
      sessionIdleMinutes: 15,
      sessionHours: 8,
      factor: 'passkey',
      networks: ['192.0.2.0/24'],
      networksForSessions: true,
      networksForKeys: false,
    });
    expect(accessPolicyForm.staff.parse({ ...typed, networksForKeys: 'on' }).networksForKeys).toBe(false);
  });

  it('says of each field what it can be', () => {
    const problem = (change: Record<string, string>, whose: 'members' | 'staff' = 'members') =>
      accessPolicyForm[whose].safeParse({ ...typed, ...change }).error?.issues.map(({ message }) => message);
    expect(problem({ passwordMinCharacters: '11' })).toEqual(['A whole number of characters, 12 to 64.']);
    expect(problem({ passwordMaxAgeDays: '1.5' })).toEqual(['A whole number of days, 30 to 730.']);
    expect(problem({ sessionIdleMinutes: 'x' })).toEqual(['A whole number of minutes, 5 to 60.']);
    expect(problem({ sessionIdleMinutes: '16' }, 'staff')).toEqual(['A whole number of minutes, 5 to 15.']);
    expect(problem({ sessionHours: '13' }, 'staff')).toEqual(['A whole number of hours, 1 to 12.']);
    expect(problem({ factor: 'any' }, 'staff')).toEqual(['One of these.']);
    expect(problem({ networks: 'home, 10.0.0.0/8' })).toEqual(['Not an address or network: home.']);
    const many = Array.from({ length: 65 }, (_, n) => `10.0.${n}.0/24`).join(' ');
    expect(problem({ networks: many })).toEqual(['At most 64 networks.']);
  });
});

it('counts whom a factor would turn away', () => {
  const people = { deviceBound: 2, synced: 3, other: 5 };
  expect((['any', 'passkey', 'device-bound'] as const).map((factor) => turnedAwayBy(people, factor))).toEqual([
    0, 5, 8,
  ]);
});
