import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { arbitraryTerms } from '@/test/support/grant-terms';
import { acts, CAST, enter, foundedLedger, having, id, request, sharesOf, signedBy } from '@/test/support/grants';
import { areTerms } from '../act';
import { customerMinutes } from './customer';
import { customerTerms, employeeOf, type GrantTerms, type Ledger, standingIn, withMinutes } from './index';

const view = (terms: GrantTerms, organisation: string) => customerTerms(terms, organisation, primitives);
const asked = arbitraryTerms.filter(({ customers }) => customers.length > 0);

describe('what a customer signs', () => {
  it('names neither the person, nor another organisation, nor a target that is not its own', () => {
    fc.assert(
      fc.property(asked, (terms) => {
        // Typed words are shown to everybody whom the request concerns: what stands in them is the requester's doing.
        const silent = { ...terms, reason: 'Calls do not connect', ticket: '', command: null };
        for (const { organisation, targets } of terms.customers) {
          const signed = view(silent, organisation);
          const text = JSON.stringify(signed);
          expect(text).not.toContain(terms.person.slice(4));
          for (const other of terms.customers)
            if (other.organisation !== organisation) expect(text).not.toContain(other.organisation.slice(4));
          expect(signed.find(([name]) => name === 'Targets')?.[1].split(', ')).toEqual(targets);
          expect(areTerms(signed)).toBe(true);
        }
      }),
    );
  });

  it('is one text for each organisation, which is nobody else’s and no other request’s', () => {
    fc.assert(
      fc.property(asked, asked, (terms, other) => {
        const texts = terms.customers.map(({ organisation }) => JSON.stringify(view(terms, organisation)));
        expect(new Set(texts).size).toBe(texts.length);
        for (const { organisation } of terms.customers) {
          const signed = view(terms, organisation);
          expect(customerMinutes(signed, terms, organisation, primitives)).toBe(terms.minutes);
          for (const another of terms.customers)
            if (another.organisation !== organisation)
              expect(customerMinutes(signed, terms, another.organisation, primitives)).toBeNull();
          // The same organisation, asked something else.
          if (other.kind === 'break-glass') continue;
          const approvals = [
            { role: 'security', count: 1 },
            { role: `customer ${organisation}`, count: 1 },
          ];
          const elsewhere = { ...other, approvals, customers: sharesOf(approvals, other.targets) };
          expect(customerMinutes(signed, elsewhere, organisation, primitives)).toBeNull();
        }
      }),
    );
  });

  it('may be for fewer minutes, and differs in nothing else', () => {
    fc.assert(
      fc.property(asked, fc.nat(), fc.nat(), (terms, n, at) => {
        const { organisation } = terms.customers[0]!;
        const signed = view(terms, organisation);
        const fewer = 1 + (n % terms.minutes);
        const given = (words: typeof signed) => customerMinutes(words, terms, organisation, primitives);
        expect(given(withMinutes(signed, fewer))).toBe(fewer);
        expect(given(withMinutes(signed, terms.minutes + 1))).toBeNull();
        expect(given(withMinutes(signed, 0))).toBeNull();
        const i = at % signed.length;
        const [name, value] = signed[i]!;
        expect(given(signed.with(i, [name, `${value} `]))).toBeNull();
        expect(given(signed.toSpliced(i, 1))).toBeNull();
        expect(given([...signed, [name, value]])).toBeNull();
      }),
    );
  });

  it('calls the employee by an id that is the same in all requests, and another with every organisation', () => {
    const [one, two] = [id('org', 1), id('org', 2)];
    // printf 'cordon-employee/1\norg_0…01\nusr_0…01' | sha256sum
    expect(employeeOf(one, CAST.asker, primitives)).toBe('emp_955cf85c0325bd38d27d8d804d989bc9');
    const ids = [one, two].flatMap((org) => [CAST.asker, CAST.other].map((who) => employeeOf(org, who, primitives)));
    expect(new Set(ids).size).toBe(4);
  });

  it('is nothing for an organisation that has not to agree', () => {
    expect(() => view(request(1), id('org', 1))).toThrow(RangeError);
  });
});

describe('a customer’s vote', () => {
  const T = 1_000_000;
  const GRANT = id('grt', 1);
  const [one, two] = [id('org', 1), id('org', 2)];
  const roles = [one, two].map((organisation) => ({ role: `customer ${organisation}`, count: 1 }));
  const terms = request(T, {
    targets: ['host:a', 'host:b'],
    approvals: [{ role: 'security', count: 1 }, ...roles],
    customers: [
      { organisation: one, targets: ['host:a', 'host:b'] },
      { organisation: two, targets: ['host:b'] },
    ],
  });
  const members = { [one]: id('usr', 61), [two]: id('usr', 62) };
  const waiting = having(
    foundedLedger(T, T + 86_400),
    signedBy(CAST.asker, acts.ask(GRANT, terms), T),
    signedBy(CAST.security, acts.vote(GRANT, terms, 'security'), T),
  );
  const says = (organisation: string, words: ReturnType<typeof view>) =>
    signedBy(members[organisation]!, { ...acts.vote(GRANT, terms, `customer ${organisation}`), terms: words }, T, {
      realm: 'customer',
      deviceBound: false,
    });

  it('is for its own part, and together they open it for the fewest minutes', () => {
    const opened = having(waiting, says(one, view(terms, one)), says(two, withMinutes(view(terms, two), 15)));
    expect(standingIn(opened, GRANT, T)).toMatchObject({ state: 'active', deadline: T + 15 * 60 });
  });

  it('is refused with the part of another, with the whole, and with its part of another request', () => {
    const other = { ...terms, reason: 'Something else altogether' };
    for (const words of [
      view(terms, two),
      acts.ask(GRANT, terms).terms,
      view(other, one),
      withMinutes(view(terms, one), 61),
    ])
      expect(enter(waiting, says(one, words))).toBe('grant.other_terms');
    expect(standingIn(waiting as Ledger, GRANT, T)?.state).toBe('pending');
  });

  it('is no vote of the staff: who signs a customer’s part has not agreed to the whole', () => {
    const part = { ...acts.vote(GRANT, terms, 'security'), terms: view(terms, one) };
    expect(enter(waiting, signedBy(CAST.security2, part, T))).toBe('grant.terms');
  });

  it('on more time needs every target to be named again to whoever was asked about it', () => {
    const granted = having(waiting, says(one, view(terms, one)), says(two, view(terms, two)));
    const more = { ...terms, kind: 'extension', extends: GRANT, minutes: 10 } as const;
    const asks = (over: Partial<GrantTerms>) =>
      enter(granted, signedBy(CAST.asker, acts.ask(id('grt', 2), { ...more, ...over }), T + 10));
    const less = terms.customers.map((share) => ({ ...share, targets: ['host:b'] }));
    expect(asks({ customers: less })).toBe('grant.other_terms');
    expect(asks({})).toBeTypeOf('object');
  });
});
