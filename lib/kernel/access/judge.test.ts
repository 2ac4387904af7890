import { beforeEach, describe, expect, it } from 'vitest';
import { parseStatement } from '@/lib/kernel/act';
import { delegatedRole, type Entry, type Signed } from '@/lib/kernel/grant';
import { packHost } from '@/lib/primitives/pack-host';
import { AccessLog } from '@/test/support/access-log';
import { acts, breakGlass, CAST, CUSTOMER_ROLE, founding, id, request } from '@/test/support/grants';
import { type AccessEvent, judgeAccess } from './index';

const T = 1_800_000_000;
const GRANT = id('grt', 1);
const SESSION = id('ssn', 1);
const HOST = 'host:eu-1';
const terms = request(T);
let log: AccessLog;

beforeEach(() => {
  log = new AccessLog(T - 100);
  const { members, customer, ...staff } = CAST;
  for (const user of [...members, ...Object.values(staff)]) log.join(user);
  log.join(customer, { realm: 'customer' });
  for (const entry of founding(T - 100, T + 90 * 86_400)) {
    const { user, act } = (entry as Extract<Entry, { signed: Signed }>).signed;
    log.signs(user, act);
    log.says(user, 'committee.voted@1', act.object, { verdict: 'approve', state: 'open' });
  }
  log.now = T;
});

function asked(of = terms, grant = GRANT): void {
  log.signs(CAST.asker, acts.ask(grant, of));
  log.says(CAST.asker, 'grant.requested@1', grant, {});
}
function voted(user: string, role: string, state: string, of = terms, grant = GRANT): AccessEvent {
  const event = log.signs(user, acts.vote(grant, of, role));
  log.says(user, 'grant.voted@1', grant, { verdict: 'approve', role, minutes: 60, state });
  return event;
}
/** Everything of a grant that was asked for, agreed to, used and closed. */
function whole(): AccessEvent {
  asked();
  const approval = voted(CAST.security, 'security', 'pending');
  voted(CAST.onCall, 'on-call', 'active');
  opened();
  used();
  log.says('access', 'grant.settled@1', GRANT, { state: 'ended', why: 'returned', from: at(T), until: at(T + 60) });
  log.says('access', 'grant.closed@1', GRANT, { hosts: [HOST] });
  return approval;
}
function opened(session = SESSION): void {
  log.signs(CAST.asker, acts.open(GRANT, { session }));
  log.says(CAST.asker, 'production.opened@1', GRANT, { target: HOST, through: 'web terminal', session });
}
function used(serial = '77', { login = true, final = true } = {}): void {
  log.says('gateway:main', 'production.started@1', SESSION, { target: HOST, purpose: 'shell', serial });
  if (login) log.says(HOST, 'grant.login@1', GRANT, { host: HOST, account: 'cg-1', serial, keyId: '' });
  log.says('gateway:main', 'production.recorded@1', SESSION, { session: SESSION, lines: 9, root: 'cm9vdA==', final });
  log.says('gateway:main', 'production.ended@1', SESSION, { why: 'closed', exit: 0 });
}
const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const judge = () => judgeAccess(packHost, log.events);
const only = async () => {
  const { grants, faults } = await judge();
  expect(grants).toHaveLength(1);
  return { ...grants[0]!, elsewhere: faults };
};
/** Replaces an event in the log, which then holds this. */
const rewrite = (event: AccessEvent, over: Partial<AccessEvent>): void => {
  log.events[event.index] = { ...event, ...over };
};

describe('a grant', () => {
  it('holds when everybody who had to has signed it, and is joined to what was done with it', async () => {
    whole();
    const { grants, faults, findings } = await judge();
    expect([faults, findings]).toEqual([[], []]);
    expect(grants).toMatchObject([
      {
        id: GRANT,
        terms: { person: CAST.asker, targets: [HOST] },
        standing: { state: 'active', startsAt: T },
        faults: [],
        findings: [],
        use: {
          ended: { why: 'returned', at: at(T + 60) },
          closed: 'closed',
          sessions: [{ id: SESSION, serials: ['77'], confirmed: ['77'], record: { lines: 9, final: true } }],
        },
      },
    ]);
    expect(grants[0]!.signed.map(({ action }) => action)).toEqual([
      ...['grant.request', 'grant.vote', 'grant.vote', 'production.open'],
    ]);
  });

  it('takes a customer’s signature under its own part of the terms', async () => {
    const shared = request(T, {
      approvals: [
        { role: 'security', count: 1 },
        { role: CUSTOMER_ROLE, count: 1 },
      ],
    });
    asked(shared);
    voted(CAST.security, 'security', 'pending', shared);
    voted(CAST.customer, CUSTOMER_ROLE, 'active', shared);
    expect(await only()).toMatchObject({ standing: { state: 'active' }, faults: [] });
  });

  it.each([
    ['a vote', 'grant.voted@1', { verdict: 'approve', role: 'security', state: 'active' }],
    ['a session', 'production.opened@1', { target: HOST, session: SESSION }],
  ])('does not hold when the log tells of %s that nobody signed', async (_, schema, details) => {
    asked();
    const { index } = log.says(CAST.security, schema, GRANT, details);
    const codes = (await only()).faults.map((fault) => [fault.code, fault.index]);
    expect(codes).toContainEqual(['approval.missing', index]);
    expect(codes.map(([code]) => code)).toContain('approval.standing');
  });

  it('runs from when the last approval was recorded, not from when its statement was made', async () => {
    const short = request(T, { minutes: 1 });
    asked(short);
    voted(CAST.security, 'security', 'pending', short);
    log.signs(CAST.onCall, acts.vote(GRANT, short, 'on-call'), { issuedAt: T - 100, expiresAt: T + 200 });
    log.says(CAST.onCall, 'grant.voted@1', GRANT, { verdict: 'approve', role: 'on-call', state: 'active' });
    log.now = T + 59;
    opened();
    expect(await only()).toMatchObject({ faults: [], standing: { startsAt: T, deadline: T + 60 } });
    log.now = T + 61;
    opened(id('ssn', 2));
    expect((await only()).faults).toMatchObject([
      { code: 'approval.rule', detail: expect.stringContaining('grant.not_active') },
    ]);
  });

  it('does not hold without a committee that has designated its people', async () => {
    const { members, customer: _, ...staff } = CAST;
    log = new AccessLog(T);
    for (const user of [...members, ...Object.values(staff)]) log.join(user);
    asked();
    expect((await only()).faults).toMatchObject([
      { code: 'approval.rule', detail: expect.stringContaining('grant.not_designated') },
    ]);
  });

  it('does not hold when the log says that somebody else signed', async () => {
    asked();
    log.signs(CAST.security, acts.vote(GRANT, terms, 'security'));
    const said = { verdict: 'approve', role: 'security', state: 'pending' };
    const { index } = log.says(CAST.security2, 'grant.voted@1', GRANT, said);
    expect((await only()).faults).toMatchObject([{ code: 'approval.missing', index }]);
  });

  it('does not hold by votes that the rules do not count', async () => {
    asked();
    voted(CAST.security, 'security', 'pending');
    const { index } = voted(CAST.other, 'on-call', 'active');
    expect((await only()).faults).toMatchObject([
      { code: 'approval.rule', index, detail: 'grant.vote, approve: grant.not_designated' },
      { code: 'approval.standing', index: index + 1 },
    ]);
  });

  describe('by a vote for somebody who is away', () => {
    const LENT = id('dlg', 1);
    const role = delegatedRole('security', CAST.security);
    const delegated = () => {
      log.now = T - 10;
      const lent = { role: 'security', to: CAST.other, from: T - 10, until: T + 3600 } as const;
      const event = log.signs(CAST.security, acts.delegate(LENT, lent));
      log.says(CAST.security, 'grant.delegated@1', LENT, { role: 'security', from: at(T - 10), until: at(T + 3600) });
      log.now = T;
      return event;
    };
    const answered = () => {
      asked();
      voted(CAST.onCall, 'on-call', 'pending');
      return voted(CAST.other, role, 'active').index;
    };

    it('holds with the delegation that the other signed', async () => {
      delegated();
      answered();
      expect(await only()).toMatchObject({ faults: [], elsewhere: [], standing: { state: 'active' } });
    });

    it('does not hold without it', async () => {
      const index = answered();
      const fault = { code: 'approval.delegation', index, detail: 'grant.vote, approve: grant.not_delegated' };
      expect((await only()).faults).toMatchObject([fault, { code: 'approval.standing' }]);
    });

    it('does not hold by one that is over, or that nobody signed', async () => {
      const event = delegated();
      log.says('access', 'grant.delegation_ended@1', LENT, { role: 'security', why: 'lapsed', until: at(T - 1) });
      const index = answered();
      expect((await only()).faults).toContainEqual(expect.objectContaining({ code: 'approval.delegation', index }));
      rewrite(event, { personal: {} });
      const { faults, elsewhere } = await only();
      expect(faults).toContainEqual(expect.objectContaining({ code: 'approval.delegation', index }));
      const missing = { code: 'approval.missing', detail: 'grant.delegate, confirm' };
      expect(elsewhere).toContainEqual(expect.objectContaining(missing));
    });
  });

  it('says when a break-glass was not looked at in time', async () => {
    asked(breakGlass(T));
    log.now = T + 86_401;
    log.says('access', 'grant.closed@1', GRANT, {});
    expect((await only()).findings).toMatchObject([{ code: 'review.overdue' }]);
    for (const user of [CAST.security, CAST.security2]) {
      log.signs(user, acts.review(GRANT));
      log.says(user, 'grant.reviewed@1', GRANT, { verdict: 'approve' });
    }
    expect(await only()).toMatchObject({ findings: [], faults: [] });
  });
});

/** One byte of the decoded value, in the middle. */
function flip(text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString('base64url');
}
const evidenceWith = (event: AccessEvent, part: string, change: (text: string) => string) => {
  const evidence = JSON.parse(String(event.personal.evidence)) as Record<string, string>;
  return { ...event.personal, evidence: JSON.stringify({ ...evidence, [part]: change(evidence[part]!) }) };
};
const flagged = (mask: number) => (text: string) => {
  const bytes = Buffer.from(text, 'base64url');
  bytes[32]! ^= mask;
  return bytes.toString('base64url');
};

describe('one approval of which one byte was changed', () => {
  it.each<[string, string, (event: AccessEvent) => Partial<AccessEvent>]>([
    ['its terms', 'approval.statement', (event) => ({ personal: said(event, 'Minutes: 60', 'Minutes: 61') })],
    ['its time', 'approval.challenge', (event) => ({ personal: said(event, `issued: ${T}`, `issued: ${T - 1}`) })],
    ['its person', 'approval.statement', (event) => ({ personal: said(event, CAST.security, CAST.security2) })],
    [
      'a line of its text',
      'approval.statement',
      (event) => ({ personal: said(event, 'cordon-act/1', 'cordon-act/2') }),
    ],
    ['the site', 'approval.relying_party', (event) => ({ personal: evidenceWith(event, 'authenticatorData', flip) })],
    [
      'whether a PIN was asked for',
      'approval.user_verification',
      (event) => ({ personal: evidenceWith(event, 'authenticatorData', flagged(0x04)) }),
    ],
    [
      'another flag',
      'approval.signature',
      (event) => ({ personal: evidenceWith(event, 'authenticatorData', flagged(0x10)) }),
    ],
    ['the client data', 'approval.challenge', (event) => ({ personal: evidenceWith(event, 'clientDataJSON', flip) })],
    ['the signature', 'approval.signature', (event) => ({ personal: evidenceWith(event, 'signature', flip) })],
    ['the public key', 'approval.credential', (event) => ({ personal: evidenceWith(event, 'publicKey', flip) })],
    ['the origin', 'approval.origin', (event) => ({ personal: evidenceWith(event, 'origin', (text) => `${text}1`) })],
    ['the passkey', 'approval.credential', (event) => ({ personal: evidenceWith(event, 'passkeyId', () => 'psk_x') })],
    ['the evidence itself', 'approval.evidence', (event) => ({ personal: { ...event.personal, evidence: '{' } })],
    ['nothing left of it', 'approval.missing', () => ({ personal: {} })],
    ['who the log says', 'approval.statement', (event) => ({ actor: event.actor.replace(/.$/, 'x') })],
  ])('in %s is named %s', async (_, code, change) => {
    const approval = whole();
    rewrite(approval, change(approval));
    const { faults, elsewhere, standing } = await only();
    expect(faults).toContainEqual({ code, index: approval.index, detail: 'grant.vote, approve' });
    expect(faults.map((fault) => fault.code)).toContain('approval.standing');
    expect([elsewhere, standing?.state]).toEqual([[], 'pending']);
  });

  it('is not the one of somebody else either', async () => {
    const approval = whole();
    const theirs = log.events.find(({ personal }) => parseStatement(String(personal.statement))?.user === CAST.onCall)!;
    rewrite(approval, { personal: { ...approval.personal, evidence: theirs.personal.evidence } });
    expect((await only()).faults).toContainEqual(expect.objectContaining({ code: 'approval.credential' }));
  });
});

const said = (event: AccessEvent, from: string, to: string) => {
  const statement = String(event.personal.statement);
  expect(statement).toContain(from);
  return { ...event.personal, statement: statement.replace(from, to) };
};

describe('a passkey that another has to endorse', () => {
  const DAY = 86_400;
  const fresh = id('usr', 77);
  let signer: string;
  beforeEach(() => {
    signer = fresh;
  });
  /** A member of the staff, designated as a security approver, whose passkey waits; then a grant that they approve `after` seconds later. */
  async function approvedBy(endorse: () => void, after = DAY + 1) {
    log.join(fresh, { state: 'pending' });
    for (const user of CAST.members.slice(0, 2)) {
      const decision = {
        kind: 'designate',
        person: fresh,
        as: 'security approver',
        until: T + 90 * DAY,
        minutes: 'x',
      } as const;
      log.signs(user, acts.decide(id('cmd', 99), decision));
    }
    endorse();
    log.now += after;
    const later = request(log.now);
    asked(later);
    voted(CAST.onCall, 'on-call', 'pending', later);
    const { index } = voted(signer, 'security', 'active', later);
    const { grants, faults } = await judge();
    return { codes: grants[0]!.faults.filter((one) => one.index === index).map(({ code }) => code), faults };
  }

  it('counts a day after somebody whose own counts did', async () => {
    expect((await approvedBy(() => log.endorse(CAST.security2, fresh))).codes).toEqual([]);
  });

  it('does not count before that day is over', async () => {
    expect((await approvedBy(() => log.endorse(CAST.security2, fresh), DAY - 1)).codes).toEqual([
      'approval.endorsement',
    ]);
  });

  it.each<[string, () => void]>([
    ['nobody did', () => {}],
    [
      'the log says so and nobody signed',
      () => log.says(CAST.security2, 'passkey.endorsed@1', 'psk_00000000000000000000000000000077'),
    ],
    ['its owner did', () => log.endorse(fresh, fresh)],
    [
      'its owner did with another of theirs',
      () => {
        const [own, further] = [log.events.findLast(({ schema }) => schema === 'passkey.added@1')!, 'psk_further'];
        rewrite(own, { details: { ...own.details, state: 'active' } });
        log.join(fresh, { state: 'pending', passkeyId: further });
        log.endorse(fresh, further);
        signer = further;
      },
    ],
    ['a customer did', () => log.endorse(CAST.customer, fresh)],
    [
      'the endorsement was signed by another key',
      () => {
        log.endorse(CAST.security2, fresh);
        const act = log.events.at(-2)!;
        rewrite(act, { personal: evidenceWith(act, 'signature', flip) });
      },
    ],
    [
      'another key was endorsed',
      () => {
        const added = log.events.findLast(({ schema }) => schema === 'passkey.added@1')!;
        log.endorse(CAST.security2, fresh);
        rewrite(added, { details: { ...added.details, credential: '0000 0000 0000 0000' } });
      },
    ],
  ])('does not count where %s', async (_, endorse) => {
    expect((await approvedBy(endorse)).codes).toMatchObject([
      expect.stringMatching(/^approval\.(endorsement|credential)$/),
    ]);
  });

  it('does not count after it was removed', async () => {
    const removed = () => {
      log.endorse(CAST.security2, fresh);
      log.says(fresh, 'passkey.removed@1', `psk_${fresh.slice(4)}`, {});
    };
    expect((await approvedBy(removed)).codes).toEqual(['approval.credential']);
  });
});

describe('what sshd says', () => {
  const codes = async () => {
    const { grants, findings } = await judge();
    return [...grants.flatMap((grant) => grant.findings), ...findings].map(({ code }) => code);
  };
  const granted = () => {
    asked();
    voted(CAST.security, 'security', 'pending');
    voted(CAST.onCall, 'on-call', 'active');
  };

  it('accounts for each session, and each session for it', async () => {
    granted();
    opened();
    used('1');
    expect(await codes()).toEqual([]);
    log.says(HOST, 'grant.login@1', GRANT, { host: HOST, account: 'cg-1', serial: '2', keyId: '' });
    expect(await codes()).toEqual(['login.unexplained']);
  });

  it('is not explained by a session of another grant', async () => {
    granted();
    opened();
    used('1');
    const other = id('grt', 2);
    asked(terms, other);
    log.says(HOST, 'grant.login@1', other, { host: HOST, account: 'cg-2', serial: '1', keyId: '' });
    expect(await codes()).toEqual(['login.unexplained']);
  });

  it('is missed, as an end of the record, a confirmation and a right end are', async () => {
    granted();
    used('1', { login: false, final: false });
    expect(await codes()).toEqual(['session.unopened']);
    opened();
    log.says('access', 'grant.settled@1', GRANT, { state: 'ended', why: 'revoked', from: at(T), until: at(T - 1) });
    log.says('access', 'grant.close_failed@1', GRANT, { hosts: [HOST] });
    log.says(HOST, 'host.finding@1', HOST, { code: 'login.unknown' });
    expect((await codes()).sort()).toEqual([
      ...['close.failed', 'host.finding', 'login.missing', 'session.after_end', 'session.unrecorded'],
    ]);
  });
});
