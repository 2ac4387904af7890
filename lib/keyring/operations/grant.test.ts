import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf, delegatedRole, type Sheet, sheetInput } from '@/lib/kernel/grant';
import { acts, CAST, CUSTOMER_ROLE, id, newId, request } from '@/test/support/grants';
import { openProduction, type Production } from '@/test/support/production';
import { type Call, enrol, signed } from '@/test/support/soft-passkeys';
import { Grants } from '../grants';
import { closeContext, openContext } from '../open';
import { ORIGINS, openTestKeyring, type TestKeyring, temporaryHome } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
let production: Production;
const call: Call = (operation, input) => run(keyring.context, operation, input);
const seconds = () => Math.floor(keyring.clock.now / 1000);
const { asker, security, security2, onCall, customer } = CAST;
const GRANT = id('grt', 1);
const SESSION = id('ssn', 1);
const describeOne = async (grant = GRANT) => (await call('grant.describe', { requests: [grant] })).requests[0];
const refused = (code: string) => ({ code });

beforeEach(async () => {
  keyring = await openTestKeyring();
  const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 3600 });
  production = await openProduction(call, welcome, seconds);
});
afterEach(() => keyring.close());

describe('act.verify of what concerns production', () => {
  it('enters it into the ledger: asked, agreed, opened', async () => {
    const terms = request(seconds());
    await production.act(asker, acts.ask(GRANT, terms));
    expect(await describeOne()).toMatchObject({ state: 'pending', minutes: null, missing: terms.approvals });
    await production.act(security, acts.vote(GRANT, { ...terms, minutes: 20 }, 'security'));
    expect(await describeOne()).toMatchObject({ state: 'pending', missing: [{ role: 'on-call', count: 1 }] });
    await production.act(onCall, acts.vote(GRANT, terms, 'on-call'));
    await production.open(GRANT, { session: SESSION });
    expect(await describeOne()).toEqual({
      ...{ id: GRANT, state: 'active', why: null, missing: [], minutes: 20, reviewDue: null },
      ...{ startsAt: seconds(), deadline: seconds() + 1200 },
      sessions: [{ session: SESSION, target: 'host:eu-1', through: 'web terminal', at: seconds(), startedAt: null }],
    });
  });

  it('answers with the rule that is against it, and does not use the statement up', async () => {
    const terms = request(seconds());
    const early = await production.sign(security, acts.vote(GRANT, terms, 'security'));
    await expect(call('act.verify', early)).rejects.toMatchObject(refused('grant.unknown'));
    await production.act(asker, acts.ask(GRANT, terms));
    expect(await call('act.verify', early)).toMatchObject({ valid: true });
    expect(await call('act.verify', early)).toEqual({ valid: false });
  });

  it('counts one of twenty submissions, and one vote of a person', async () => {
    const terms = request(seconds(), { approvals: [{ role: 'security', count: 2 }] });
    await production.act(asker, acts.ask(GRANT, terms));
    const body = await production.sign(security, acts.vote(GRANT, terms, 'security'));
    const results = await Promise.all(Array.from({ length: 20 }, () => call('act.verify', body)));
    expect(results.filter(({ valid }) => valid)).toHaveLength(1);
    const twice = production.act(security, acts.vote(GRANT, terms, 'security'));
    await expect(twice).rejects.toMatchObject(refused('grant.voted'));
    expect(await describeOne()).toMatchObject({ state: 'pending', missing: [{ role: 'security', count: 1 }] });
  });

  it('makes one grant of twenty approvals that come at once', async () => {
    const terms = request(seconds());
    await production.act(asker, acts.ask(GRANT, terms));
    const bodies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? production.sign(security, acts.vote(GRANT, { ...terms, minutes: 10 + i }, 'security'))
          : production.sign(onCall, acts.vote(GRANT, { ...terms, minutes: 10 + i }, 'on-call')),
      ),
    );
    const results = await Promise.allSettled(bodies.map((body) => call('act.verify', body)));
    expect(results.filter((one) => one.status === 'fulfilled' && one.value.valid)).toHaveLength(2);
    const { votes, decided } = keyring.context.grants.ledger.requests.get(GRANT)!;
    expect(votes.map(({ user }) => user).sort()).toEqual([security, onCall].sort());
    expect(decided?.minutes).toBe(Math.min(...votes.map(({ minutes }) => minutes)));
  });

  it('takes customers’ votes with any passkey, and everything else with a device-bound one of the staff', async () => {
    const terms = request(seconds(), {
      approvals: [
        { role: 'security', count: 1 },
        { role: CUSTOMER_ROLE, count: 1 },
      ],
    });
    const synced = { deviceBound: false, counter: null };
    await call('staff.welcome', { userId: asker, ttlSeconds: 60 });
    const copied = await enrol(call, { realm: 'staff', userId: asker, choices: synced });
    const { terms: words, ...act } = acts.ask(GRANT, terms);
    const body = await signed(call, copied, { act: { ...act, version: '', terms: words.map(([...term]) => term) } });
    await expect(call('act.verify', body)).rejects.toMatchObject(refused('grant.device_bound'));
    await production.act(asker, acts.ask(GRANT, terms));
    await production.act(customer, acts.vote(GRANT, terms, CUSTOMER_ROLE));
    const asStaff = production.act(customer, acts.vote(GRANT, terms, 'security'));
    await expect(asStaff).rejects.toMatchObject(refused('grant.role'));
    await production.act(security, acts.vote(GRANT, terms, 'security'));
    expect(await describeOne()).toMatchObject({ state: 'active' });
  });
});

describe('committee.describe', () => {
  it('says who sits, who holds what, and what waits', async () => {
    const until = seconds() + 365 * 86_400;
    const decision = { kind: 'designate', person: CAST.other, as: 'break-glass', until, minutes: 'ISSC 2' } as const;
    await production.act(CAST.members[0], acts.decide(id('cmd', 90), decision));
    const said = await call('committee.describe', {});
    expect(said).toMatchObject({ members: CAST.members, until, quorum: 2 });
    expect(said.held).toContainEqual({ person: security, as: 'security approver', until });
    expect(said.open).toEqual([{ id: id('cmd', 90), decision, for: [CAST.members[0]], against: [] }]);
    keyring.clock.now += 366 * 86_400_000;
    expect((await call('committee.describe', {})).held).toEqual([]);
  });
});

describe('grant.undelegate', () => {
  const LENT = id('dlg', 1);
  const week = () => ({ role: 'security', to: CAST.other, from: seconds(), until: seconds() + 7 * 86_400 }) as const;
  const lentNow = async () => (await call('committee.describe', {})).delegations;

  it('ends what an approver has lent, and with it the approvals that wait', async () => {
    const terms = request(seconds());
    await production.act(asker, acts.ask(GRANT, terms));
    const vote = acts.vote(GRANT, terms, delegatedRole('security', security));
    const early = await production.sign(CAST.other, vote);
    await expect(call('act.verify', early)).rejects.toMatchObject(refused('grant.not_delegated'));
    await production.act(security, acts.delegate(LENT, week()));
    await production.act(CAST.other, vote);
    const waits = { state: 'pending', missing: [{ role: 'on-call', count: 1 }] };
    expect(await describeOne()).toMatchObject(waits);
    expect(await lentNow()).toEqual([{ id: LENT, by: security, ...week() }]);

    expect(await call('grant.undelegate', { delegation: LENT })).toEqual({ until: seconds() });
    expect(await lentNow()).toEqual([]);
    expect(await describeOne()).toMatchObject({ state: 'pending', missing: terms.approvals });
    await expect(call('grant.undelegate', { delegation: newId('dlg') })).rejects.toMatchObject(
      refused('grant.unknown'),
    );
  });
});

describe('grant.end and grant.leave', () => {
  it('end at once, without a signature', async () => {
    await production.grant(GRANT);
    await call('grant.end', { request: GRANT, why: 'revoked' });
    expect(await describeOne()).toMatchObject({ state: 'ended', why: 'revoked', deadline: seconds() });
    await expect(call('grant.end', { request: newId('grt'), why: 'revoked' })).rejects.toMatchObject(
      refused('grant.unknown'),
    );
    const other = id('grt', 2);
    await production.grant(other);
    await call('grant.leave', { userId: asker });
    expect(await describeOne(other)).toMatchObject({ state: 'ended', why: 'lapsed' });
  });

  it('describe no request they do not know', async () => {
    expect(await call('grant.describe', { requests: [newId('grt'), 'x'] })).toEqual({ requests: [], now: seconds() });
  });
});

describe('grant.sheet', () => {
  const target = 'host:eu-1';
  const sheetOf = async (of = target) => {
    const { sheet: text, signature, keyId } = await call('grant.sheet', { target: of });
    const key = (await call('trust.describe', {})).sheetKeys!.find((one) => one.keyId === keyId)!;
    const x = Buffer.from(key.publicKey, 'base64').toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const sheet = JSON.parse(text) as Sheet;
    expect(verifySignature(null, sheetInput(sheet), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    return sheet;
  };

  it('holds the grants of its host that run or will, and no others', async () => {
    await production.grant(GRANT);
    expect(await sheetOf()).toEqual({
      ...{ target, seq: 1, issuedAt: seconds(), freshUntil: seconds() + 60 },
      grants: [{ id: GRANT, account: accountOf(GRANT), startsAt: seconds(), deadline: seconds() + 3600 }],
    });
    expect((await sheetOf('host:eu-2')).grants).toEqual([]);
    const more = request(seconds(), { kind: 'extension', extends: GRANT, minutes: 10 });
    await production.act(asker, acts.ask(id('grt', 2), more));
    await production.act(security, acts.vote(id('grt', 2), more, 'security'));
    await production.act(onCall, acts.vote(id('grt', 2), more, 'on-call'));
    expect((await sheetOf()).grants.map((one) => [one.id, one.deadline - seconds()])).toEqual([[GRANT, 4200]]);
    await call('grant.end', { request: GRANT, why: 'returned' });
    expect((await sheetOf()).grants).toEqual([]);
  });

  it('rises with every sheet, also after a restart, and rarely writes', async () => {
    const log = join(keyring.home, 'grants.log');
    await sheetOf();
    const before = (await readFile(log, 'utf8')).length;
    expect((await sheetOf()).seq).toBe(2);
    expect((await readFile(log, 'utf8')).length).toBe(before);
    await closeContext(keyring.context);
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    expect((await sheetOf()).seq).toBeGreaterThan(2);
  });

  it.each(['host:', 'host:A', 'app:0', 'host:a/b', 'host:-a'])('is for no target such as %s', async (of) => {
    await expect(call('grant.sheet', { target: of })).rejects.toMatchObject(refused('request.invalid'));
  });
});

describe('grants.log', () => {
  const reopen = async () => {
    await closeContext(keyring.context);
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    return keyring.context.grants.ledger;
  };

  it('gives the whole ledger again, before and after it was compacted', async () => {
    await production.grant(GRANT);
    await production.open(GRANT, { session: SESSION });
    await production.act(asker, acts.ask(id('grt', 2), request(seconds())));
    for (const [n, to] of [CAST.other, asker].entries()) {
      const lent = { role: 'security', to, from: seconds(), until: seconds() + 86_400 } as const;
      await production.act([security, security2][n]!, acts.delegate(id('dlg', n), lent));
    }
    const role = delegatedRole('security', security);
    await production.act(CAST.other, acts.vote(id('grt', 2), request(seconds()), role));
    const decision = { kind: 'withdraw', person: security2, as: 'security approver', until: 0, minutes: '' } as const;
    await production.act(CAST.members[0], acts.decide(id('cmd', 90), decision));
    await call('grant.end', { request: GRANT, why: 'locked' });
    await call('grant.undelegate', { delegation: id('dlg', 1) });
    const { ledger } = keyring.context.grants;
    expect(await reopen()).toEqual(ledger);
    expect(await reopen()).toEqual(ledger);
  });

  it('is rid of what is over a while ago', async () => {
    await production.grant(GRANT);
    await production.open(GRANT, { session: SESSION });
    const lent = { role: 'security', to: CAST.other, from: seconds(), until: seconds() + 60 } as const;
    await production.act(security, acts.delegate(id('dlg', 1), lent));
    keyring.clock.now += 30 * 86_400_000;
    const { requests, openings, delegations, committee } = await reopen();
    expect([requests.size, openings.size, delegations.size, committee.members.length]).toEqual([0, 0, 0, 3]);
    expect(await readFile(join(keyring.home, 'grants.log'), 'utf8')).not.toContain(GRANT);
  });

  it('lets whoever operates the machine have a committee founded anew', async () => {
    await production.grant(GRANT);
    await closeContext(keyring.context);
    const none = { members: [], seats: 0, until: 0, held: [], open: [], closed: [] };
    await appendFile(join(keyring.home, 'grants.log'), `${JSON.stringify({ committee: none })}\n`);
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    const members = [security, security2];
    const decision = { kind: 'members', members, until: seconds() + 100, minutes: 'ISSC 1' } as const;
    for (const user of members) await production.act(user, acts.decide(id('cmd', 99), decision));
    expect(await call('committee.describe', {})).toMatchObject({ members, held: [], quorum: 2 });
    expect(await describeOne()).toMatchObject({ state: 'ended', why: 'lapsed' });
  });

  it.each([
    '{"requests":[{"id":"grt_1"}]}',
    '{"committee":{"members":[]}}',
    '{"sheets":"1"}',
    '{"sheets":1,"more":1}',
    '[]',
    '',
  ])('is not read past damage: %j', async (line) => {
    const home = await temporaryHome();
    await writeFile(join(home, 'grants.log'), `${line}\n{"sheets":1}\n`);
    await expect(Grants.open(home, Date.now)).rejects.toThrow('grants.log is damaged at line 1');
    await rm(home, { recursive: true });
  });

  it('holds what an act said before the act is answered', async () => {
    await production.act(asker, acts.ask(GRANT, request(seconds())));
    expect(await readFile(join(keyring.home, 'grants.log'), 'utf8')).toContain(GRANT);
  });
});
