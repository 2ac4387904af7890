import pg from 'pg';
import { append } from '@/lib/audit';
import { storeSecrets } from '@/lib/db/roles';
import type { PasskeyRequest } from '@/lib/identity';
import type { Signed } from '@/lib/identity/schemas';
import { fingerprintOf } from '@/lib/kernel/access';
import type { Designation } from '@/lib/kernel/grant';
import { KeyringError } from '@/lib/keyring';
import { isCordonError, newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type MemberCaller, openWorld, type World } from '../contract/world';
import { enrol, type Holder, ORIGIN, type Realm } from './soft-passkeys';

/**
 * A provider that can give access to production: people with real passkeys at a real keyring, a committee that was founded by their signatures,
 * and designations, trainings, an agreement, a target and a policy. Every vote goes the way it goes in life: asked, signed, sent again.
 */
export interface Someone {
  secret: string;
  userId: string;
  sessionId: string;
}

export interface GrantWorld extends World {
  /** Signs what the act asks for with this person's passkey, as often as it asks, and does it. */
  sign<T>(who: Someone, act: () => Promise<T>): Promise<T>;
  /** What this person's passkey answers. */
  answer(who: Someone, asked: PasskeyRequest): Signed;
  /** Gives somebody a passkey at the keyring and in the database. */
  equip(who: Someone, realm: Realm, choices?: { deviceBound?: boolean }): Promise<void>;
  /** An employee with a passkey and every record that access takes, designated for this. */
  employee(role: string, ...as: Designation[]): Promise<Someone>;
  /** A committee's decision, voted by its quorum. */
  designate(person: string, as: Designation, until?: string): Promise<void>;
  members: Someone[];
  /** Asks for access; answers the id of the request. */
  ask(who: Someone, over?: Partial<AskInput>): Promise<string>;
  policyId: string;
  /** One look of control. */
  control(): Promise<void>;
  state(id: string): Promise<string | undefined>;
  close(): Promise<void>;
}
type AskInput = import('@/lib/grants/schemas').AskInput;

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** A request of one hour on the first target. */
export const wish = (policy: string, over: Partial<AskInput> = {}): AskInput => ({
  request: newId('grt'),
  kind: 'access',
  policy,
  targets: ['host:eu-fra-1'],
  command: null,
  files: false,
  purpose: 'incident',
  reason: 'Calls in EU fail to connect',
  ticket: 'INC-1',
  startsAt: null,
  minutes: 60,
  ...over,
});

export async function openGrantWorld(): Promise<GrantWorld> {
  const world = await openWorld();
  const [identity, committee, training, grants, { due }, { asPerson }] = await Promise.all([
    import('@/lib/identity'),
    import('@/lib/committee'),
    import('@/lib/training'),
    import('@/lib/grants'),
    import('@/lib/grants/due'),
    import('@/lib/db'),
  ]);
  await trustKeyring(world);
  const holders = new Map<string, { holder: Holder; realm: Realm }>();
  const pool = new pg.Pool({ connectionString: world.controlUrl, max: 2, options: '-c TimeZone=UTC' });

  const equip: GrantWorld['equip'] = async ({ secret, userId, sessionId }, realm, { deviceBound = true } = {}) => {
    if (realm === 'staff') await world.call('staff.welcome', { userId, ttlSeconds: 600 });
    const passkeyId = newId('psk');
    const holder = await enrol(world.call, { passkeyId, userId, sessionId, realm, choices: { deviceBound } });
    const { credentialId, publicKey } = holder.registered;
    await world.sql(
      `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
       values ($1, $2, $3::"Realm", $4, $5, 'Key', $6, '{usb}', '', 'active')`,
      [passkeyId, userId, realm, credentialId, publicKey, deviceBound],
    );
    await asPerson(secret, (tx) =>
      append(tx, {
        ...{ schema: 'passkey.added@1', outcome: 'success', organisationId: null, subject: userId },
        actor: { kind: realm === 'staff' ? 'staff' : 'member', id: userId },
        object: { type: 'passkey', id: passkeyId },
        fields: { deviceBound, state: 'active', credential: fingerprintOf(primitives, publicKey), name: 'Key' },
      }),
    );
    holders.set(userId, { holder, realm });
  };

  const answer: GrantWorld['answer'] = ({ userId }, { options, statement, mac }) => {
    const { holder, realm } = holders.get(userId)!;
    const { challenge } = options;
    const origin = ORIGIN[realm];
    return {
      statement,
      mac,
      response: holder.passkey.authenticate({ challenge, rpId: new URL(origin).hostname }, origin),
    };
  };

  const sign: GrantWorld['sign'] = async (who, act) => {
    for (let asked = 0; ; asked++) {
      try {
        return await act();
      } catch (error) {
        if (!isCordonError(error) || !error.ask || asked > 2) throw error;
        const { passkey } = await identity.beginStepUp(who.secret, error.ask);
        if (!passkey) throw error;
        await identity.confirmStepUpWithPasskey(who.secret, error.ask, answer(who, passkey), '192.0.2.9');
      }
    }
  };

  const administrator = world.staff;
  await equip(administrator, 'staff');
  const members = [await world.employ('security'), await world.employ('support'), await world.employ('support')];
  for (const member of members) await equip(member, 'staff');
  const vote = (who: Someone, decision: string, verdict: 'approve' | 'deny' = 'approve') =>
    sign(who, () => committee.vote(who, { decision, verdict }));

  const founding = await committee.propose(administrator, {
    ...{ kind: 'members', members: members.map(({ userId }) => userId), until: day(300), minutes: 'ISSC 1' },
  });
  for (const member of members) await vote(member, founding);

  const designate: GrantWorld['designate'] = async (person, as, until = day(200)) => {
    const id = await committee.propose(administrator, { kind: 'designate', person, as, until, minutes: 'ISSC 2' });
    for (const member of members.filter(({ userId }) => userId !== person).slice(0, 2)) await vote(member, id);
  };
  await training.publishAgreement(administrator, { text: 'Nothing of what I see leaves the company.', months: 12 });
  const employee: GrantWorld['employee'] = async (role, ...as) => {
    const who = await world.employ(role);
    await equip(who, 'staff');
    for (const course of ['general', 'additional'] as const)
      await training.recordTraining(administrator, { person: who.userId, course, completed: day(-1), evidence: 'LMS' });
    await sign(who, () => training.signAgreement(who, 1));
    await training.recordPlace(administrator, { person: who.userId, employer: 'Example Ltd', country: 'DE' });
    for (const one of as) await designate(who.userId, one);
    return who;
  };

  await grants.changeTarget(administrator, {
    ...{ id: 'host:eu-fra-1', class: 'edge', region: 'EU', dataClasses: ['log'], state: 'active' },
    organisations: [world.owner.organisationId],
  });
  const policyId = await grants.changePolicy(administrator, {
    policy: null,
    name: 'Edges in EU',
    terms: {
      ...{ roles: null, targets: null, classes: ['edge'], regions: ['EU'], dataClasses: ['log'], maxMinutes: 60 },
      ...{
        decideMinutes: 120,
        escalateMinutes: 10,
        security: 1,
        onCall: 0,
        denials: 1,
        ticketPattern: 'INC-\\d+',
        files: false,
      },
      ...{ breakGlass: true, ended: false },
    },
  });

  return {
    ...world,
    ...{ sign, answer, equip, employee, designate, members, policyId },
    async ask(who, over) {
      const input = wish(policyId, over);
      await sign(who, () => grants.askForAccess(who, input));
      return input.request;
    },
    async control() {
      const log = { info: () => undefined, warn: () => undefined };
      const call: typeof world.call = (operation, input) =>
        world.call(operation, input).catch((error) => {
          throw typeof error?.code === 'string' ? new KeyringError(error.code) : error;
        });
      await due({ pool, keyring: { call }, log });
    },
    async state(id) {
      return (await world.call('grant.describe', { requests: [id] })).requests[0]?.state;
    },
    async close() {
      await pool.end();
      await world.stop();
    },
  };
}

/** Has the database take this keyring's proofs. */
async function trustKeyring(world: World): Promise<void> {
  const client = new pg.Client({ connectionString: world.installerUrl });
  await client.connect();
  try {
    await storeSecrets(client, (await world.call('database.proofKey', {})).key);
  } finally {
    await client.end();
  }
}

/** A customer's member with a passkey, in the grants' world. */
export async function withPasskey(world: GrantWorld, who: MemberCaller): Promise<MemberCaller> {
  await world.equip(who, 'customer');
  return who;
}
