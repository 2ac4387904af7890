import type { Signed, Way } from '@/lib/kernel/grant';
import type { Input, Output } from '@/lib/keyring';
import { acts, CAST, DESIGNATED, id, request } from './grants';
import { type Call, enrol, type Holder, signed } from './soft-passkeys';

/** The cast of test/support/grants with passkeys that a keyring knows, and a committee that has designated them. */
export interface Production {
  people: ReadonlyMap<string, Holder>;
  holder(user: string): Holder;
  /** The body of `act.verify` for an act that somebody signs. */
  sign(user: string, act: Signed['act'], over?: Parameters<typeof signed>[2]): Promise<Input<'act.verify'>>;
  /** Signs and submits. Throws what the keyring refuses it with, and when it is no good signature. */
  act(user: string, act: Signed['act']): Promise<Output<'act.verify'>>;
  /** A grant of the usual terms that everybody has signed. */
  grant(grant: string, over?: Parameters<typeof request>[1]): Promise<void>;
  open(grant: string, way: Partial<Way> & { session: string }): Promise<Output<'act.verify'>>;
}

/** `seconds` is the keyring's clock; `welcome` what the installer says of somebody of the staff. */
export async function openProduction(
  call: Call,
  welcome: (userId: string) => Promise<unknown>,
  seconds: () => number,
): Promise<Production> {
  const people = new Map<string, Holder>();
  for (const userId of Object.values(CAST).flat()) {
    const realm = userId === CAST.customer ? 'customer' : 'staff';
    if (realm === 'staff') await welcome(userId);
    // Without a counter, as most have none: two signatures that come at once both count.
    people.set(userId, await enrol(call, { realm, userId, choices: { counter: null } }));
  }
  const holder = (user: string) => people.get(user)!;
  const production: Production = {
    people,
    holder,
    sign: (user, { terms, ...act }, over = {}) =>
      signed(call, holder(user), { ...over, act: { ...act, version: '', terms: terms.map(([...term]) => term) } }),
    async act(user, act) {
      const answer = await call('act.verify', await production.sign(user, act));
      if (!answer.valid) throw new Error(`the keyring did not take ${act.action} of ${user}`);
      return answer;
    },
    async grant(grant, over) {
      const terms = request(seconds(), over);
      await production.act(CAST.asker, acts.ask(grant, terms));
      await production.act(CAST.security, acts.vote(grant, terms, 'security'));
      await production.act(CAST.onCall, acts.vote(grant, terms, 'on-call'));
    },
    open: (grant, way) => production.act(CAST.asker, acts.open(grant, way)),
  };
  const until = seconds() + 365 * 86_400;
  const { members } = CAST;
  for (const user of members)
    await production.act(user, acts.decide(id('cmd', 1), { kind: 'members', members, until, minutes: 'ISSC 1' }));
  for (const [i, [person, as]] of DESIGNATED.entries())
    for (const user of members.slice(0, 2))
      await production.act(
        user,
        acts.decide(id('cmd', i + 2), { kind: 'designate', person, as, until, minutes: 'ISSC 1' }),
      );
  return production;
}
