import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor, type Principal } from '@/lib/authz';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { ROOT, sourceFiles } from '../support/imports';
import {
  type Answer,
  act,
  type From,
  getPage,
  isRefusal,
  isWrongForm,
  openness,
  paramsFor,
  paramsOf,
  WAYS,
} from './ask';
import {
  type ActionDoor,
  actions,
  builtRoutes,
  FILE_ROUTES,
  type Guard,
  guardOf,
  ledger,
  type PageDoor,
  pages,
  pathOf,
  routes,
} from './doors';
import { argumentsOf } from './fields';
import { type Cast, openCast, roleMay, type Visitor } from './strangers';
import { changed, doneEvents, everyRow } from './unchanged';
import { MEMBER_ROLES, openWalk, type Someone, type Tenant, type WalkWorld } from './world';

/**
 * Every door of the running console, asked by everybody who has no business behind it: nobody, another tenant, the other realm, a role that
 * may not, half a sign-in, a recovery, an ended or expired or idle session, a disabled account, a cookie carried across. Each must be
 * refused, change nothing and learn nothing. Then the right person is let in, so that a refusal is known to be about the person.
 */
let world: WalkWorld;
let cast: Cast;
let asked = 0;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
}, 300_000);
afterAll(async () => {
  console.log(`The walk asked ${asked} questions at ${pages.length + routes.length + actions().length} doors.`);
  await world?.stop();
});

const from = ({ realm, cookie }: Visitor): From => ({ world, realm, cookie });
const paths = (list: { segments: string[] }[], leaf: string) =>
  list.map(({ segments }) => `/${[...segments, leaf].join('/')}`);

/** Pages in front of signing in. Everything else asks who is there. */
const OPEN_PAGES: Record<string, string> = {
  'app/page.tsx': 'Says what Cordon is, and sends whoever is signed in to their work.',
  'app/(auth)/sign-in/page.tsx': 'Whoever signs in is not signed in yet.',
  'app/(auth)/second-factor/page.tsx': 'Takes the session that holds the password only.',
  'app/(auth)/enrol/page.tsx': 'Takes a session without a factor that will do.',
  'app/(auth)/recover/page.tsx': 'Takes the session that holds the password only.',
  'app/(auth)/forgot/page.tsx': 'Whoever forgot their password is not signed in.',
  'app/(auth)/reset/page.tsx': 'The link stands in for the password; the second factor is asked for all the same.',
  'app/(auth)/invite/page.tsx': 'The link is the credential.',
  'app/(auth)/setup/page.tsx': 'First run: the one-time link is the credential.',
  'app/(auth)/sign-out/page.tsx': 'A button; without a session there is nothing to end.',
};

/** Whose page it is, by its group of routes. */
function realmOf({ file, segments }: PageDoor): 'customer' | 'staff' | 'person' | null {
  if (Object.hasOwn(OPEN_PAGES, file)) return null;
  if (segments[0] === '(staff)') return 'staff';
  return segments[0] === '(customer)' || segments[0] === '(auditor)' ? 'customer' : 'person';
}

describe('the list of doors', () => {
  it('has every page and route of the build, and the build has all of them', () => {
    expect(builtRoutes().filter((path) => !FILE_ROUTES.includes(path))).toEqual(
      [...new Set([...paths(pages, 'page'), ...paths(routes, 'route')])].sort(),
    );
  });

  it('has every action of the build in the ledger, and every action of the ledger in the build', () => {
    const inLedger = [...ledger.keys()].filter((id) => !/\/route\.ts /.test(id));
    expect(actions().map(({ id }) => id)).toEqual(inLedger.sort());
    const handlers = [...ledger.keys()].filter((id) => /\/route\.ts /.test(id));
    expect(routes.map(({ id }) => id).sort()).toEqual(handlers.sort());
  });

  it('names no open page that does not exist', () => {
    const files = pages.map(({ file }) => file);
    expect(Object.keys(OPEN_PAGES).filter((file) => !files.includes(file))).toEqual([]);
  });
});

/** Words of a tenant that stand in an answer. */
const wordsIn = (body: string, tenant: Tenant): string[] =>
  Object.entries(tenant.words).flatMap(([subject, word]) => (body.includes(word) ? [subject] : []));

/** Runs the questions one after another; gives what was wrong, with the door and the visitor. */
async function refusals(
  questions: { door: string; who: string; ask: () => Promise<Answer>; mayAnswer?: boolean; private: Tenant[] }[],
): Promise<string[]> {
  const wrong: string[] = [];
  let [rows, done] = [await everyRow(world), await doneEvents(world)];
  for (const { door, who, ask, mayAnswer, private: tenants } of questions) {
    asked += 1;
    const answer = await ask();
    const said = [
      mayAnswer ? null : openness(answer),
      ...tenants.flatMap((tenant) => wordsIn(answer.body, tenant).map((subject) => `told of ${subject}`)),
    ];
    const [rowsNow, doneNow] = [await everyRow(world), await doneEvents(world)];
    said.push(...changed(rows, rowsNow).map((table) => `changed ${table}`));
    if (doneNow !== done) said.push('was recorded as done');
    [rows, done] = [rowsNow, doneNow];
    wrong.push(...said.filter((text) => text !== null).map((text) => `${door} ← ${who}: ${text}`));
  }
  return wrong;
}

describe('pages', () => {
  const guarded = pages.flatMap((page) => {
    const realm = realmOf(page);
    return realm === null ? [] : [{ page, realm }];
  });

  it('refuse every stranger, whole or in part', async () => {
    const questions = guarded.flatMap(({ page, realm }) =>
      cast.strangers[realm].flatMap((visitor) =>
        // The title alone says nothing to whoever may see nothing; asking for it once without and once with a session shows that.
        WAYS.filter((way) => way !== 'metadata' || visitor.cookie === null || visitor.at === 'b').map((way) => ({
          door: `${page.file} (${way})`,
          who: visitor.name,
          ask: () => getPage(from(visitor), page, paramsFor(world, page.segments, world.a), way),
          mayAnswer: way === 'metadata',
          private: [world.a],
        })),
      ),
    );
    expect(await refusals(questions)).toEqual([]);
  }, 600_000);

  it('show nothing of another tenant under one’s own address', async () => {
    const questions = guarded
      .filter(({ page, realm }) => realm === 'customer' && page.segments.filter((s) => s.startsWith('[')).length > 1)
      .flatMap(({ page }) =>
        WAYS.map((way) => ({
          door: `${page.file} (${way})`,
          who: 'an owner of another organisation, under its own address',
          ask: () => getPage(from(cast.stranger), page, { ...paramsOf(world.a), org: world.b.slug }, way),
          mayAnswer: way === 'metadata',
          private: [world.a],
        })),
      );
    expect(questions.length).toBeGreaterThan(30);
    expect(await refusals(questions)).toEqual([]);
  }, 600_000);

  it('show a role nothing of what it may not read, and the owner all of it', async () => {
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const role of MEMBER_ROLES) {
      const ability = abilityFor({
        kind: 'member',
        role,
        organisationId: world.a.organisationId,
        userId: '',
        sessionId: '',
        secret: '',
      } as Principal);
      for (const { page } of guarded.filter(({ realm }) => realm === 'customer')) {
        for (const way of WAYS) {
          asked += 1;
          const answer = await getPage(from(cast.member[role]), page, paramsFor(world, page.segments, world.a), way);
          const words = wordsIn(answer.body, world.a);
          if (role === 'owner') for (const word of words) seen.add(word);
          for (const subject of words)
            if (!ability.can('read', subject as never)) wrong.push(`${page.file} (${way}) told ${role} of ${subject}`);
          for (const subject of wordsIn(answer.body, world.b))
            wrong.push(`${page.file} told ${role} of another's ${subject}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen].sort()).toEqual(Object.keys(world.a.words).sort());
  }, 600_000);

  /** Every page somebody sees, as they see it. */
  const shown = async () => {
    const seen: { page: PageDoor; visitor: Visitor; body: string }[] = [];
    for (const page of pages) {
      const realm = realmOf(page);
      const customer = page.segments[0] === '(auditor)' ? cast.member.auditor : cast.member.owner;
      const visitors =
        realm === 'staff'
          ? [cast.staff.administrator]
          : realm === 'customer'
            ? [customer]
            : [customer, cast.staff.administrator];
      for (const visitor of realm === null ? [{ ...visitors[0]!, cookie: null }] : visitors) {
        asked += 1;
        const { status, body } = await getPage(
          from(visitor),
          page,
          paramsFor(world, page.segments, world.a),
          'document',
        );
        if (status === 200) seen.push({ page, visitor, body });
      }
    }
    return seen;
  };

  it('show the way out wherever somebody is signed in', async () => {
    const signOut = actions().find(({ name }) => name === 'signOutAction')!;
    const without = (await shown())
      .filter(({ page, body }) => realmOf(page) !== null && !/NEXT_REDIRECT|NEXT_HTTP_ERROR/.test(body))
      // In the menu of the frame, or as a button of its own.
      .filter(({ body }) => !body.includes('/sign-out') && !body.includes(`$ACTION_ID_${signOut.actionId}`));
    expect(without.map(({ page, visitor }) => `${page.file} ← ${visitor.name}`)).toEqual([]);
  }, 120_000);

  it('ask for passwords in masked fields that password managers may fill', async () => {
    const fields = (await shown()).flatMap(({ page, body }) =>
      [...body.matchAll(/<input\b[^>]*\bname="(?:current|password|again)"[^>]*>/g)].map(([tag]) => ({
        page: page.file,
        tag,
      })),
    );
    expect(new Set(fields.map(({ page }) => page)).size).toBeGreaterThan(1);
    for (const { page, tag } of fields) {
      expect([page, tag, /\btype="password"/.test(tag)]).toEqual([page, tag, true]);
      expect([page, tag, /\bautocomplete="(?:current|new)-password(?: webauthn)?"/i.test(tag)]).toEqual([
        page,
        tag,
        true,
      ]);
      expect([page, tag, /\b(?:readonly|disabled|onpaste)\b/i.test(tag)]).toEqual([page, tag, false]);
      expect(Number(/\bmaxlength="(\d+)"/i.exec(tag)?.[1] ?? 1024)).toBeGreaterThanOrEqual(256);
    }
    // Nor does any script stand between the clipboard and a field.
    const scripts = sourceFiles(['app']).filter((file) =>
      /onPaste|addEventListener\(['"]paste/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(scripts).toEqual([]);
  }, 120_000);

  it('let in whom they are for', async () => {
    const shut: string[] = [];
    for (const { page, realm } of guarded) {
      const visitors = {
        customer: page.segments[0] === '(auditor)' ? [cast.member.auditor] : [cast.member.owner],
        staff: [cast.staff.administrator],
        person: page.segments.includes('choose') ? [cast.member.owner] : [cast.member.owner, cast.staff.administrator],
      }[realm];
      for (const visitor of visitors) {
        asked += 1;
        let answer = await getPage(from(visitor), page, paramsFor(world, page.segments, world.a), 'document');
        // The auditor's pages choose the organisation in the address.
        if (answer.status === 307 && answer.to?.startsWith(`/${page.segments.at(-1)}`))
          answer = await getPage(from(visitor), page, paramsFor(world, page.segments, world.a), 'document');
        if (openness(answer) === null) shut.push(`${page.file} ← ${visitor.name}: ${answer.status} ${answer.to ?? ''}`);
      }
    }
    expect(shut).toEqual([]);
  }, 300_000);
});

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
      [...pathsFor(action, world.a).slice(0, 2), '/sign-in'].map((path) => ({ visitor, path })),
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
    expect(await refusals(questions)).toEqual([]);
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
        mayAnswer: ['createProjectAction', 'inviteMemberAction'].includes(action.name),
        private: [world.a],
      }))
      .filter(({ mayAnswer }) => !mayAnswer);
    expect(await refusals(questions)).toEqual([]);
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
    expect(await refusals(questions)).toEqual([]);
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
  asked += 1;
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
        wrong.push(...(await refusals([question])));
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
    expect(await refusals(questions)).toEqual([]);
  }, 300_000);
});

// Last, because it does what is asked.
describe('the right person', () => {
  it('is refused by no action, once what it asks for is confirmed', async () => {
    const wrong: string[] = [];
    for (const action of guardedActions()) {
      const person = await rightPerson(action);
      const args = await rightArguments(action, person);
      let answer = await send(action, person, args);
      const { ask } = answer.answered ?? {};
      if (ask) {
        await world.base.confirm(person.who, ask);
        answer = await send(action, person, args);
      }
      const code = answer.answered?.code;
      const done = answer.answered?.ok === true || answer.to !== null;
      if (!ask === (action.guard.asks !== null))
        wrong.push(`${action.id}: ${ask ? 'asked for a' : 'asked for no'} step-up: ${JSON.stringify(answer.answered)}`);
      if (![200, 303].includes(answer.status)) wrong.push(`${action.id}: ${answer.status}`);
      else if (isWrongForm(code)) wrong.push(`${action.id}: wrong form: ${JSON.stringify(answer.answered)}`);
      else if (isRefusal(code)) wrong.push(`${action.id}: ${code}`);
      else if (!done && code === undefined) wrong.push(`${action.id}: ${JSON.stringify(answer.answered)}`);
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});
