import fc from 'fast-check';
import {
  areGrantTerms,
  customerOf,
  GRANT_KINDS,
  GRANT_LIMITS,
  type GrantTerms,
  type Need,
  PURPOSES,
  type Share,
} from '@/lib/kernel/grant';

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

/** Any request that can be asked for; each customer that has to agree has data on some of its targets. */
export const arbitraryTerms: fc.Arbitrary<GrantTerms> = fc.constantFrom(...GRANT_KINDS).chain((kind) =>
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
    .chain((asked) => {
      const needs: readonly Need[] = asked.approvals;
      const roles = needs.flatMap(({ role }) => customerOf(role) ?? []);
      const shares = roles.map((organisation) =>
        fc.subarray(asked.targets, { minLength: 1 }).map((targets): Share => ({ organisation, targets })),
      );
      return fc.tuple(...shares).map((customers): GrantTerms => ({ ...asked, customers }));
    })
    .filter(areGrantTerms),
);
