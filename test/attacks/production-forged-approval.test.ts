import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { termsDigest } from '@/lib/kernel/act';
import { accountOf, type Sheet } from '@/lib/kernel/grant';
import { fingerprint } from '@/lib/kernel/ssh';
import { run } from '@/lib/keyring/operations';
import { OPERATIONS } from '@/lib/keyring/protocol';
import { openTestKeyring, type TestKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { acts, breakGlass, CAST, CUSTOMER_ROLE, id, request } from '../support/grants';
import { openProduction, type Production } from '../support/production';
import { type Call, enrol, type Holder, signed } from '../support/soft-passkeys';
import { sshKey } from '../support/ssh';

/**
 * The attack: somebody runs code inside the console. He has its database role and its token for the keyring. He writes into the database that a
 * request was approved, by whom and for how long, and that his account belongs to an authorised employee: rows that look like all others. He sees
 * every assertion that people send, keeps them, sends them again, and puts one under another statement. He registers passkeys in the names of
 * others. He makes people leave. He wants a certificate for a production host, or a host to believe that he has a grant.
 *
 * The keyring does not read the database at all, so there is nothing to write there in this test: whoever writes "approved" into every row has
 * what is left, the operations of the console. And he has one honest employee who goes on asking, and confirms what she is shown.
 */
let keyring: TestKeyring;
let people: Production;
const seconds = () => Math.floor(keyring.clock.now / 1000);
/** Everything he does goes through what the console may do. */
const stolen: Call = (operation, input) => {
  if (!(OPERATIONS[operation].clients as readonly string[]).includes('console'))
    throw Object.assign(new Error(operation), { code: 'request.forbidden' });
  return run(keyring.context, operation, input);
};
const { asker, security, security2, onCall, customer } = CAST;
const GRANT = id('grt', 1);
const SESSION = id('ssn', 1);
const his = sshKey();
const through = `key ${fingerprint(primitives, his.publicKey)}`;
const NO = { valid: false };

const stateOf = async (grant = GRANT) =>
  (await stolen('grant.describe', { requests: [grant] })).requests[0]?.state ?? 'unknown';
/** What he tries for: a certificate for himself, and, through a gateway that believes him, one for the host. */
async function expectNoWayIn(session = SESSION) {
  const self = stolen('ssh.employeeCertificate', { session, publicKey: his.line, address: null });
  await expect(self).rejects.toMatchObject({ code: expect.stringMatching(/^grant\./) });
  const gateway = run(keyring.context, 'ssh.productionCertificate', {
    ...{ session, publicKey: his.line, sourceAddress: '10.0.0.9', ticket: null },
  });
  await expect(gateway).rejects.toMatchObject({ code: expect.stringMatching(/^(?:grant|ticket)\./) });
  const { sheet } = await run(keyring.context, 'grant.sheet', { target: 'host:eu-1' });
  expect((JSON.parse(sheet) as Sheet).grants).toEqual([]);
}

beforeEach(async () => {
  keyring = await openTestKeyring();
  const welcome = (userId: string) => run(keyring.context, 'staff.welcome', { userId, ttlSeconds: 3600 });
  people = await openProduction((operation, input) => run(keyring.context, operation, input), welcome, seconds);
});
afterEach(() => keyring.close());

describe('rows that say "approved"', () => {
  it('open nothing: not for a request nobody signed, nor for one that waits for its approvals', async () => {
    await expectNoWayIn();
    await people.act(asker, acts.ask(GRANT, request(seconds())));
    await expect(people.open(GRANT, { session: SESSION, through })).rejects.toMatchObject({ code: 'grant.not_active' });
    expect(await stateOf()).toBe('pending');
    await expectNoWayIn();
  });

  it('nor can he say to the keyring himself what only control, gateway and installer may', async () => {
    for (const operation of [
      'grant.sheet',
      'ssh.productionCertificate',
      'ssh.hostCertificate',
      'staff.welcome',
    ] as const)
      expect(() => stolen(operation, {} as never)).toThrow(operation);
  });
});

describe('assertions he has seen', () => {
  it('count once, for the request, terms, role and verdict they were given for', async () => {
    const [first, second] = [request(seconds()), request(seconds(), { reason: 'Another matter entirely' })];
    await people.act(asker, acts.ask(GRANT, first));
    await people.act(asker, acts.ask(id('grt', 2), second));
    const seen = await people.sign(security, acts.vote(GRANT, first, 'security'));
    const said = seen.statement;
    for (const [from, to] of [
      [`object: ${GRANT}`, `object: ${id('grt', 2)}`],
      ['verdict: approve', 'verdict: deny'],
      ['role: security', 'role: on-call'],
      ['term Minutes: 60', 'term Minutes: 480'],
      [`term Person: ${asker}`, `term Person: ${CAST.other}`],
      ['term Targets: host:eu-1', 'term Targets: host:eu-1, host:us-1'],
      ['action: grant.vote', 'action: production.open'],
    ] as const) {
      expect(said).toContain(from);
      expect(await stolen('act.verify', { ...seen, statement: said.replace(from, to) })).toEqual(NO);
    }
    // Under a genuine statement for something else, of the same person and of another.
    for (const [user, act] of [
      [security, acts.vote(id('grt', 2), second, 'security')],
      [security2, acts.vote(GRANT, first, 'security')],
      [onCall, acts.vote(GRANT, first, 'on-call')],
    ] as const) {
      const other = await people.sign(user, act);
      expect(await stolen('act.verify', { ...other, assertion: seen.assertion })).toEqual(NO);
    }
    expect(await stolen('act.verify', seen)).toMatchObject({ valid: true });
    const again = await Promise.all(Array.from({ length: 20 }, () => stolen('act.verify', seen)));
    expect(again).toEqual(Array(20).fill(NO));
    expect([await stateOf(), await stateOf(id('grt', 2))]).toEqual(['pending', 'pending']);
    await expectNoWayIn();
  });

  it('over terms that are not the request’s count for nothing, though they are signed', async () => {
    const terms = request(seconds());
    await people.act(asker, acts.ask(GRANT, terms));
    for (const over of [
      { targets: ['host:eu-1', 'host:us-1'] },
      { minutes: 480 },
      { command: 'id' },
      { files: true },
      { person: security2 },
      { approvals: [{ role: 'security', count: 1 }] },
    ]) {
      const act = acts.vote(GRANT, { ...terms, ...over }, 'security');
      await expect(people.act(security, act)).rejects.toMatchObject({ code: 'grant.other_terms' });
    }
    expect(await stateOf()).toBe('pending');
    await expectNoWayIn();
  });

  it('of one person count once, in whichever role and by whichever of their passkeys', async () => {
    const terms = request(seconds(), { approvals: [{ role: 'security', count: 2 }] });
    await people.act(asker, acts.ask(GRANT, terms));
    await people.act(security, acts.vote(GRANT, terms, 'security'));
    await run(keyring.context, 'staff.welcome', { userId: security, ttlSeconds: 60 });
    const spare = await enrol(stolen, { realm: 'staff', userId: security });
    await expect(votesWith(spare, GRANT, terms)).rejects.toMatchObject({ code: 'grant.voted' });
    expect(await stateOf()).toBe('pending');
    await expectNoWayIn();
  });
});

const votesWith = async (holder: Holder, grant: string, terms: ReturnType<typeof request>, role = 'security') => {
  const { terms: words, ...act } = acts.vote(grant, terms, role);
  const said = { ...act, version: '', terms: words.map(([...term]): [string, string] => term) };
  return await stolen('act.verify', await signed(stolen, holder, { act: said }));
};

describe('passkeys he has added', () => {
  it('in the name of an approver prove nothing until another of the staff has endorsed them', async () => {
    const terms = request(seconds());
    await people.act(asker, acts.ask(GRANT, terms));
    for (const [userId, role] of [
      [security, 'security'],
      [onCall, 'on-call'],
    ] as const) {
      const forged = await enrol(stolen, { realm: 'staff', userId });
      expect(forged.registered.state).toBe('pending');
      expect(await votesWith(forged, GRANT, terms, role)).toEqual(NO);
    }
    expect(await stateOf()).toBe('pending');
    await expectNoWayIn();
  });

  it('that can be copied approve nothing, though they were welcomed', async () => {
    const terms = request(seconds());
    await people.act(asker, acts.ask(GRANT, terms));
    await run(keyring.context, 'staff.welcome', { userId: security, ttlSeconds: 60 });
    const synced = await enrol(stolen, {
      ...{ realm: 'staff', userId: security, choices: { deviceBound: false, counter: null } },
    });
    expect(synced.registered.state).toBe('active');
    await expect(votesWith(synced, GRANT, terms)).rejects.toMatchObject({ code: 'grant.device_bound' });
    expect(await stateOf()).toBe('pending');
  });

  it('as customers answer for a customer, which the README says, and for nobody of the staff', async () => {
    const customers = [{ role: CUSTOMER_ROLE, count: 1 }];
    expect(() => acts.ask(GRANT, request(seconds(), { approvals: customers }))).toThrow(RangeError);
    const terms = request(seconds(), { approvals: [{ role: 'security', count: 1 }, ...customers] });
    await people.act(asker, acts.ask(GRANT, terms));
    const forged = await enrol(stolen, { realm: 'customer' });
    await expect(votesWith(forged, GRANT, terms)).rejects.toMatchObject({ code: 'grant.role' });
    expect(await votesWith(forged, GRANT, terms, CUSTOMER_ROLE)).toMatchObject({ valid: true });
    expect(await stateOf()).toBe('pending');
    await expectNoWayIn();
  });

  it('count as another’s once one of the staff was made to endorse them, which the README says', async () => {
    const terms = request(seconds());
    await people.act(asker, acts.ask(GRANT, terms));
    const forged = await enrol(stolen, { realm: 'staff', userId: onCall });
    const { passkeyId } = forged;
    const { sessionId, userId } = people.holder(security2);
    const endorsement = { action: 'passkey.endorse', object: passkeyId, version: '', terms: [] };
    const word = await stolen('act.verify', await signed(stolen, people.holder(security2), { act: endorsement }));
    const purpose = { sessionId, userId, action: 'passkey.endorse', object: passkeyId };
    const digest = termsDigest('', [], primitives);
    await stolen('passkey.endorse', {
      passkeyId,
      ticket: word.valid ? word.ticket : '',
      purpose: { ...purpose, terms: digest },
    });
    expect(await votesWith(forged, GRANT, terms, 'on-call')).toMatchObject({ valid: true });
    // Still one person, one vote.
    await expect(people.act(onCall, acts.vote(GRANT, terms, 'on-call'))).rejects.toMatchObject({ code: 'grant.voted' });
    expect(await stateOf()).toBe('pending');
  });

  it('do not make him the committee, though he makes every member leave', async () => {
    for (const userId of CAST.members) await stolen('grant.leave', { userId });
    const members = [security, security2];
    const founding = { kind: 'members', members, until: seconds() + 86_400, minutes: 'ISSC 1' } as const;
    for (const user of members)
      await expect(people.act(user, acts.decide(id('cmd', 99), founding))).rejects.toMatchObject({
        code: 'committee.not_member',
      });
    expect(await stolen('committee.describe', {})).toMatchObject({ members: [], quorum: 2 });
  });
});

describe('people who are not entitled', () => {
  it('get nothing by signing: neither for themselves, nor undesignated, nor one for another', async () => {
    const own = request(seconds(), { person: security });
    await expect(people.act(security, acts.ask(GRANT, own))).rejects.toMatchObject({ code: 'grant.not_designated' });
    const hers = request(seconds());
    await expect(people.act(CAST.other, acts.ask(GRANT, hers))).rejects.toMatchObject({ code: 'grant.person' });
    await people.act(asker, acts.ask(GRANT, hers));
    const self = acts.vote(GRANT, hers, 'security');
    await expect(people.act(asker, self)).rejects.toMatchObject({ code: 'grant.person' });
    await expect(people.act(customer, self)).rejects.toMatchObject({ code: 'grant.role' });
    const glass = acts.ask(id('grt', 2), breakGlass(seconds(), { person: CAST.other }));
    await expect(people.act(CAST.other, glass)).rejects.toMatchObject({ code: 'grant.not_designated' });
    await expectNoWayIn();
  });
});

it('and what all of this is compared with: signed by everybody who must, it opens', async () => {
  await people.grant(GRANT);
  await people.open(GRANT, { session: SESSION, through });
  await stolen('ssh.employeeCertificate', { session: SESSION, publicKey: his.line, address: null });
  const { sheet } = await run(keyring.context, 'grant.sheet', { target: 'host:eu-1' });
  expect((JSON.parse(sheet) as Sheet).grants).toMatchObject([{ id: GRANT, account: accountOf(GRANT) }]);
  const host = { session: SESSION, publicKey: his.line, sourceAddress: '10.0.0.9', ticket: null };
  await expect(run(keyring.context, 'ssh.productionCertificate', host)).resolves.toMatchObject({ grant: GRANT });
  // Once: the same confirmation opens no second session.
  await expect(run(keyring.context, 'ssh.productionCertificate', host)).rejects.toMatchObject({
    code: 'grant.unknown',
  });
});
