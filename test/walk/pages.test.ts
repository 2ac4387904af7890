import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor, type Principal } from '@/lib/authz';
import { ROOT, sourceFiles } from '../support/imports';
import { asked, type From, getPage, openness, paramsFor, paramsOf, WAYS } from './ask';
import { actions, builtRoutes, FILE_ROUTES, ledger, type PageDoor, pages, routes } from './doors';
import { refusals, wordsIn } from './refusals';
import { type Cast, openCast, type Visitor } from './strangers';
import { MEMBER_ROLES, openWalk, type WalkWorld } from './world';

/**
 * Every page of the running console, asked by everybody who has no business on it: nobody, another tenant, the other realm, half a sign-in, a
 * recovery, an ended or expired or idle session, a disabled account, a cookie carried across. Each must be refused, change nothing and
 * learn nothing, also where only a part of the page is asked for. Then the right person is let in, so that a refusal is known to be
 * about the person.
 */
let world: WalkWorld;
let cast: Cast;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
}, 300_000);
afterAll(async () => {
  console.log(`The walk asked ${asked()} questions at ${pages.length} pages.`);
  await world?.stop();
});

const from = ({ realm, cookie }: Visitor): From => ({ world, realm, cookie });
const paths = (list: { segments: string[] }[], leaf: string) =>
  list.map(({ segments }) => `/${[...segments, leaf].join('/')}`);

/** Pages in front of signing in. Everything else asks who is there. */
const OPEN_PAGES: Record<string, string> = {
  'app/transparency/page.tsx': 'What everybody may check, and how.',
  'app/page.tsx': 'Says what Cordon is, and sends whoever is signed in to their work.',
  'app/(auth)/sign-in/page.tsx': 'Whoever signs in is not signed in yet.',
  'app/(auth)/second-factor/page.tsx': 'Takes the session that holds the password only.',
  'app/(auth)/enrol/page.tsx': 'Takes a session without a factor that will do.',
  'app/(auth)/recover/page.tsx': 'Takes the session that holds the password only.',
  'app/(auth)/forgot/page.tsx': 'Whoever forgot their password is not signed in.',
  'app/(auth)/reset/page.tsx': 'The link stands in for the password; the second factor is asked for all the same.',
  'app/(auth)/invite/page.tsx': 'The link is the credential.',
  'app/(public)/shared-record/page.tsx': 'The link is the credential.',
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
    expect(await refusals(world, questions)).toEqual([]);
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
    expect(await refusals(world, questions)).toEqual([]);
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
