import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { type Answer, act, asked, type From, isRefusal, isWrongForm, paramsFor } from './ask';
import { type ActionDoor, actions, type Guard, guardOf, pathOf } from './doors';
import { argumentsOf } from './fields';
import { refusals } from './refusals';
import { type Cast, openCast, roleMay, type Visitor } from './strangers';
import { recorded } from './unchanged';
import { openWalk, type Someone, type Tenant, type WalkWorld } from './world';

/**
 * Every server action of the build, sent as a browser sends it by everybody who may not: strangers of every kind, members of another
 * organisation with ids of this one, every role the abilities do not give the act to, and the right person with a stale confirmation. Each must be
 * refused and change nothing. Then the right person does it, so that a refusal is known to be about the person.
 */
let world: WalkWorld;
let cast: Cast;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
}, 300_000);
afterAll(async () => {
  console.log(`The walk asked ${asked()} questions at ${actions().length} actions.`);
  await world?.stop();
});

const from = ({ realm, cookie }: Visitor): From => ({ world, realm, cookie });

interface GuardedAction extends ActionDoor {
  guard: Guard;
}
const guardedActions = (): GuardedAction[] =>
  actions().flatMap((action) => {
    const guard = guardOf(action.id);
    if (!guard) throw new Error(`${action.id} is not in the ledger`);
    return guard.open === null ? [{ ...action, guard }] : [];
  });

/** Pages of one origin the action can be sent from; both realms share some. */
function pathsFor(action: ActionDoor, tenant: Tenant): string[] {
  return [...new Set(action.pages.map((segments) => pathOf(segments, paramsFor(world, segments, tenant))))];
}

describe('server actions', () => {
  const inRealm = (action: GuardedAction, visitors: Visitor[]) =>
    visitors.flatMap((visitor) =>
      // Also from a page that has nothing to do with it: whoever writes the request chooses the address.
      [...pathsFor(action, world.a).slice(0, 1), '/sign-in'].map((path) => ({ visitor, path })),
    );

  it('refuse every stranger', async () => {
    const questions = guardedActions().flatMap((action) =>
      inRealm(action, cast.strangers[action.guard.realm as 'customer' | 'staff' | 'person']).map(
        ({ visitor, path }) => ({
          door: action.id,
          who: `${visitor.name}, at ${path}`,
          ask: () => act(from(visitor), action, path, argumentsOf(action.name, { world, tenant: world.a })),
          private: [world.a],
        }),
      ),
    );
    expect(await refusals(world, questions)).toEqual([]);
  }, 900_000);

  it('refuse whatever is of another tenant, also under one’s own organisation', async () => {
    const questions = guardedActions()
      .filter(({ guard }) => guard.realm === 'customer')
      .map((action) => ({
        door: action.id,
        who: 'an owner of another organisation who names it, with ids of this one',
        ask: () =>
          act(
            from(cast.stranger),
            action,
            pathsFor(action, world.a)[0]!,
            argumentsOf(action.name, {
              world,
              tenant: world.a,
              claims: world.b,
            }),
          ),
        // What is made anew inside one's own organisation is one's own business.
        mayAnswer: [
          'createProjectAction',
          'inviteMemberAction',
          'requestExportAction',
          'createStreamAction',
          'setHoldAction',
          'saveViewAction',
          'drawSampleAction',
        ].includes(action.name),
        private: [world.a],
      }))
      .filter(({ mayAnswer }) => !mayAnswer);
    expect(await refusals(world, questions)).toEqual([]);
  }, 300_000);

  it('refuse every role the abilities do not give the act to', async () => {
    const questions = guardedActions().flatMap((action) => {
      const { guard } = action;
      const all: [string, Visitor][] =
        guard.realm === 'person' ? [] : Object.entries(guard.realm === 'staff' ? cast.staff : cast.member);
      return all
        .filter(([role]) => !roleMay(guard, role))
        .map(([, visitor]) => ({
          door: action.id,
          who: visitor.name,
          ask: () =>
            act(
              from(visitor),
              action,
              pathsFor(action, world.a)[0]!,
              argumentsOf(action.name, { world, tenant: world.a }),
            ),
          private: [],
        }));
    });
    expect(questions.length).toBeGreaterThan(30);
    expect(await refusals(world, questions)).toEqual([]);
  }, 300_000);
});

/** Somebody whose role the abilities give the act to, with a session of their own: what comes before may have ended others. */
async function rightPerson({ guard, name }: GuardedAction) {
  const people: [string, Someone][] = Object.entries(guard.realm === 'staff' ? world.staff : world.member);
  const found = people.find(([role]) => guard.realm === 'person' || roleMay(guard, role))?.[1];
  if (!found) throw new Error(`no role may do what ${name} does`);
  const { id, secret } = await world.session(found);
  return {
    who: { userId: found.userId, sessionId: id },
    realm: found.realm,
    person: found,
    cookie: await world.cookie(found.realm, secret),
  };
}

const send = (
  action: ActionDoor,
  visitor: Pick<Visitor, 'realm' | 'cookie'>,
  args = argumentsOf(action.name, { world, tenant: world.a }),
): Promise<Answer> => {
  return act({ world, realm: visitor.realm, cookie: visitor.cookie }, action, pathsFor(action, world.a)[0]!, args);
};

/** Where the keyring of this world takes passkeys from, whatever port the console got. */
const KEYRING_ORIGINS = { customer: 'http://localhost:3000', staff: 'http://staff.localhost:3000' };

/** What the right person sends. A new passkey has to be a real one, made for this session; only the ten newest sessions of a person live. */
async function rightArguments(
  { name }: ActionDoor,
  visitor: Pick<Visitor, 'realm' | 'cookie'> & { person: Someone },
): Promise<unknown[]> {
  if (name === 'endSessionAction') {
    const { id: sessionId } = await world.session(visitor.person);
    return argumentsOf(name, { world, tenant: world.a }, { sessionId });
  }
  if (name !== 'addPasskeyAction') return argumentsOf(name, { world, tenant: world.a });
  const begin = actions().find(({ id }) => id === 'app/account/actions.ts beginPasskeyAction')!;
  const { options, statement, mac, passkeyId } = (await send(begin, visitor, [])).answered;
  const response = new SoftPasskey().register(options, KEYRING_ORIGINS[visitor.realm]);
  return [{ statement, mac, passkeyId, name: 'Key', response }];
}

describe('acts that ask for a factor', () => {
  /** What is wrong with a confirmation, as a change of its row. */
  const STALE: Record<string, string> = {
    'used before': `"usedAt" = now()`,
    expired: `"expiresAt" = now() - interval '1 second'`,
    'given for another act': `"action" = "action" || '.other'`,
    'given for another object': `"object" = "object" || 'x'`,
    'given for other terms': `"terms" = md5("terms")`,
    'given for no terms': `"terms" = ''`,
    'given in another session': `"sessionId" = (select "id" from "Session" where "id" <> $1 and "revokedAt" is null limit 1)`,
  };

  it('take no stale confirmation, nor one given for something else', async () => {
    const wrong: string[] = [];
    const asking = guardedActions().filter(({ guard }) => guard.asks !== null);
    expect(asking.length).toBeGreaterThan(10);
    for (const action of asking) {
      const person = await rightPerson(action);
      const args = await rightArguments(action, person);
      const first = (await send(action, person, args)).answered;
      const ask = first?.ask;
      if (ask?.action !== action.guard.asks) {
        wrong.push(`${action.id}: asked for ${ask?.action ?? JSON.stringify(first)}`);
        continue;
      }
      for (const [what, change] of Object.entries(STALE)) {
        await world.sql('delete from "StepUp" where "sessionId" = $1', [person.who.sessionId]);
        await world.base.confirm(person.who, ask);
        await world.sql(`update "StepUp" set ${change} where "sessionId" = $1`, [person.who.sessionId]);
        const question = {
          door: action.id,
          who: `a confirmation ${what}`,
          ask: () => send(action, person, args),
          private: [],
        };
        wrong.push(...(await refusals(world, [question])));
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});

describe('doors that stand open', () => {
  it('do nothing for somebody who brings no credential', async () => {
    const open = actions().filter(({ id }) => guardOf(id)?.open);
    expect(open.length).toBeGreaterThan(8);
    const questions = open.flatMap((action) =>
      (['customer', 'staff'] as const).map((realm) => ({
        door: action.id,
        who: `nobody on the ${realm} origin`,
        ask: () => send(action, { realm, cookie: null }),
        mayAnswer: true,
        private: [world.a],
      })),
    );
    expect(await refusals(world, questions)).toEqual([]);
  }, 300_000);
});

/** Actions that only prepare or show. */
const NOTHING_DONE: Record<string, string> = {
  beginStepUpAction: 'Makes the statement to be signed.',
  beginPasskeyAction: 'Makes the statement to be signed.',
  dismissNoticesAction: 'Puts one’s own notices away; what they tell of is in the log.',
};

/** Acts of their own beside an action: the worker's, of an export asked for earlier, and the page's that is shown anew. */
const BESIDE = ['audit.exported@3', 'audit.read@1', 'recording.opened@1', 'stream.failing@1'];

// Last, because it does what is asked.
describe('the right person', () => {
  it('is refused by no action, once what it asks for is confirmed, and each leaves one act in the log', async () => {
    const wrong: string[] = [];
    for (const action of guardedActions()) {
      const person = await rightPerson(action);
      const args = await rightArguments(action, person);
      let [answer, events] = await recorded(world, () => send(action, person, args));
      const { ask } = answer.answered ?? {};
      if (ask) {
        await world.base.confirm(person.who, ask);
        [answer, events] = await recorded(world, () => send(action, person, args));
      }
      const code = answer.answered?.code;
      const done = answer.answered?.ok === true || answer.to !== null;
      if (!ask === (action.guard.asks !== null))
        wrong.push(`${action.id}: ${ask ? 'asked for a' : 'asked for no'} step-up: ${JSON.stringify(answer.answered)}`);
      if (![200, 303].includes(answer.status)) wrong.push(`${action.id}: ${answer.status}`);
      else if (isWrongForm(code)) wrong.push(`${action.id}: wrong form: ${JSON.stringify(answer.answered)}`);
      else if (isRefusal(code) || code === 'internal') wrong.push(`${action.id}: ${code}`);
      else if (!done && code === undefined) wrong.push(`${action.id}: ${JSON.stringify(answer.answered)}`);
      const own = events.filter(({ schema }) => !BESIDE.includes(schema));
      const acts = new Set(own.map(({ actId }) => actId)).size;
      const expected = Object.hasOwn(NOTHING_DONE, action.name) ? 0 : 1;
      if (done && acts !== expected)
        wrong.push(`${action.id}: ${acts} acts recorded: ${own.map(({ schema }) => schema).join() || 'nothing'}`);
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});
