import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideBy, isTicketPattern, type Lockbox, needsOf, partOf, refusals, saysOf, type Wish } from './rules';
import { CLASSES, DATA_CLASSES, LOCKBOX_MODES, type PolicyTerms, REGIONS, type TargetTerms } from './schemas';

const policy: PolicyTerms = {
  roles: ['support'],
  targets: null,
  classes: ['edge'],
  regions: ['EU'],
  dataClasses: ['log'],
  maxMinutes: 60,
  decideMinutes: 120,
  escalateMinutes: 10,
  security: 1,
  onCall: 1,
  denials: 1,
  ticketPattern: 'INC-\\d+',
  files: false,
  breakGlass: false,
  ended: false,
};
const target: TargetTerms = {
  id: 'host:eu-fra-1',
  class: 'edge',
  region: 'EU',
  dataClasses: ['log'],
  organisations: [],
  state: 'active',
};
const wish: Wish = { kind: 'access', role: 'support', targets: [target], minutes: 60, ticket: 'INC-1', files: false };

describe('a policy', () => {
  it('allows what it names, and says of anything more what is beyond it', () => {
    expect(refusals(policy, wish)).toEqual([]);
    for (const over of [
      { minutes: 61 },
      { kind: 'break-glass' as const },
      { role: 'administrator' },
      { files: true },
      { ticket: '' },
      { ticket: 'INC-1 and more' },
      { ticket: 'inc-1' },
    ])
      expect(refusals(policy, { ...wish, ...over })).toHaveLength(1);
    for (const over of [
      { region: 'NA' },
      { class: 'database' },
      { dataClasses: ['log', 'content'] },
      { state: 'retired' },
    ] as Partial<TargetTerms>[])
      expect(refusals(policy, { ...wish, targets: [target, { ...target, ...over }] })).toHaveLength(1);
    expect(refusals({ ...policy, targets: ['host:eu-fra-2'] }, wish)).toHaveLength(1);
    expect(refusals({ ...policy, ended: true }, wish)).toHaveLength(1);
  });

  it('never allows more by naming less', () => {
    const some = <T>(of: readonly T[]) => fc.subarray([...of], { minLength: 1 });
    const targets = fc.record({
      id: fc.constantFrom('host:a', 'host:b'),
      class: fc.constantFrom(...CLASSES),
      region: fc.constantFrom(...REGIONS),
      dataClasses: some(DATA_CLASSES),
      organisations: fc.constant<string[]>([]),
      state: fc.constant('active' as const),
    });
    fc.assert(
      fc.property(
        some(CLASSES),
        some(REGIONS),
        some(DATA_CLASSES),
        fc.array(targets, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 120 }),
        (classes, regions, dataClasses, wanted, minutes) => {
          const of = { ...policy, classes, regions, dataClasses };
          const allowed = refusals(of, { ...wish, targets: wanted, minutes }).length === 0;
          const inside =
            minutes <= of.maxMinutes &&
            wanted.every(
              (one) =>
                classes.includes(one.class) &&
                regions.includes(one.region) &&
                one.dataClasses.every((data) => dataClasses.includes(data)),
            );
          expect(allowed).toBe(inside);
        },
      ),
    );
  });

  it('has a pattern for tickets that no ticket can keep busy', () => {
    for (const good of ['INC-\\d+', '[A-Z]{2,5}-\\d{1,6}', 'INC|CHG']) expect(isTicketPattern(good)).toBe(true);
    for (const bad of ['(a+)+', '(a|b)*', '(a+){2}', 'a*a*a*a*a*b', '(', '\\1', '^a$ b', '', 'a'.repeat(121)])
      expect(isTicketPattern(bad)).toBe(false);
  });
});

describe('the lockbox', () => {
  const lockboxes = fc.array(
    fc.record({
      organisationId: fc.constantFrom('org_a', 'org_b'),
      projectId: fc.constantFrom('prj_1', 'prj_2', null),
      mode: fc.constantFrom(...LOCKBOX_MODES),
      answerMinutes: fc.integer({ min: 60, max: 1440 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const all = (of: Lockbox[], id: string) => of.filter(({ organisationId }) => organisationId === id);

  it('of an organisation is that of its strictest project', () => {
    fc.assert(
      fc.property(lockboxes, (of) => {
        for (const say of saysOf(of)) {
          const modes = all(of, say.organisationId).map(({ mode }) => mode);
          expect(say.mode).toBe(modes.includes('deny') ? 'deny' : modes.includes('approve') ? 'approve' : 'notify');
        }
      }),
    );
  });

  it('asks every organisation that wants to be asked, and no other; and nobody in an emergency', () => {
    fc.assert(
      fc.property(lockboxes, (of) => {
        const says = saysOf(of);
        const asked = needsOf(policy, says, 'access').filter(({ role }) => role.startsWith('customer '));
        expect(asked.map(({ role }) => role.slice(9))).toEqual(
          says.filter(({ mode }) => mode === 'approve').map(({ organisationId }) => organisationId),
        );
        expect(needsOf(policy, says, 'break-glass')).toEqual([]);
        for (const say of says) expect(partOf(say, 'break-glass')).toBe('break-glass');
        for (const say of says.filter(({ mode }) => mode === 'deny')) expect(partOf(say, 'access')).toBe('refused');
      }),
    );
  });

  it('waits no longer than the customer who gives least', () => {
    const says = saysOf([
      { organisationId: 'org_a', projectId: null, mode: 'approve', answerMinutes: 90 },
      { organisationId: 'org_b', projectId: null, mode: 'notify', answerMinutes: 60 },
    ]);
    expect(decideBy(10_500, policy, says, 'access')).toBe(10 + 90 * 60);
    expect(decideBy(10_500, policy, says, 'break-glass')).toBe(10 + 120 * 60);
  });
});
