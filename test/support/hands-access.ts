/** What access to production takes, on a running system: passkeys that the keyring knows, and a committee that people founded by their signatures. */
import { append } from '@/lib/audit';
import { propose, vote } from '@/lib/committee';
import { asPerson } from '@/lib/db';
import { askForAccess, changePolicy, changeTarget, openSession, voteOnRequest } from '@/lib/grants';
import { beginStepUp, confirmStepUpWithPasskey } from '@/lib/identity';
import { fingerprintOf } from '@/lib/kernel/access';
import { createKeyring } from '@/lib/keyring';
import { isCordonError, newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { publishAgreement, recordPlace, recordTraining, signAgreement } from '@/lib/training';
import type { HeldPasskey } from './hands';
import { enrol, type Holder } from './soft-passkeys';

export interface Equipped {
  secret: string;
  userId: string;
  holder: Holder;
  origin: string;
}

interface Session {
  secret: string;
  userId: string;
  sessionId: string;
}
type Rows = (sql: string, values: unknown[]) => Promise<unknown>;

/** Gives somebody a passkey at the keyring and in the database, as if they had set one up on their account's page. */
export async function equip(
  { secret, userId, sessionId }: Session,
  realm: Holder['realm'],
  origin: string,
  rows: Rows,
): Promise<Equipped> {
  const { CORDON_KEYRING_SOCKET: socketPath = '', CORDON_KEYRING_TOKEN = '', INSTALLER_TOKEN = '' } = process.env;
  const keyring = createKeyring({ socketPath, token: CORDON_KEYRING_TOKEN });
  const installer = createKeyring({ socketPath, token: INSTALLER_TOKEN });
  try {
    if (realm === 'staff') await installer.call('staff.welcome', { userId, ttlSeconds: 60 });
    const of = { passkeyId: newId('psk'), userId, sessionId, realm, choices: { counter: null } };
    const holder = await enrol((name, input) => keyring.call(name, input), of, origin);
    const { credentialId, publicKey } = holder.registered;
    await rows(
      `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
       values ($1, $2, $3::"Realm", $4, $5, 'Key', true, '{internal}', '', 'active')`,
      [of.passkeyId, userId, realm, credentialId, publicKey],
    );
    await asPerson(secret, (tx) =>
      append(tx, {
        ...{ schema: 'passkey.added@1', outcome: 'success', organisationId: null, subject: userId },
        actor: { kind: realm === 'staff' ? 'staff' : 'member', id: userId },
        object: { type: 'passkey', id: of.passkeyId },
        fields: { deviceBound: true, state: 'active', credential: fingerprintOf(primitives, publicKey), name: 'Key' },
      }),
    );
    return { secret, userId, holder, origin };
  } finally {
    keyring.close();
    installer.close();
  }
}

/** The same passkey, to be put into a browser. */
export const held = ({ holder, origin, userId }: Equipped): HeldPasskey => ({
  credentialId: holder.passkey.credentialId,
  rpId: new URL(origin).hostname,
  // biome-ignore lint/complexity/useLiteralKeys: it is private, and leaves for this test's browser only
  privateKey: holder.passkey['privateKey'].export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  userHandle: Buffer.from(userId).toString('base64'),
});

/** Does the act, signing what it asks for. */
async function sign<T>({ secret, holder, origin }: Equipped, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isCordonError(error) || !error.ask) throw error;
    const { passkey } = await beginStepUp(secret, error.ask);
    if (!passkey) throw error;
    const { options, statement, mac } = passkey;
    const asked = { challenge: options.challenge, rpId: new URL(origin).hostname };
    const response = holder.passkey.authenticate(asked, origin);
    await confirmStepUpWithPasskey(secret, error.ask, { statement, mac, response }, '127.0.0.1');
    return await act();
  }
}

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** What a committee decides, voted by these. */
async function decide(
  by: Equipped,
  decision: Parameters<typeof propose>[1],
  voters: readonly Equipped[],
): Promise<void> {
  const id = await propose(by, decision);
  for (const voter of voters) await sign(voter, () => vote(voter, { decision: id, verdict: 'approve' }));
}

/**
 * A committee of three, the first of whom is the administrator. They have designated the employee, who lacks the additional training and the signed
 * agreement; of the approver, who is not designated yet, everything is on record.
 */
export async function foundCommittee(
  members: readonly Equipped[],
  employee: Equipped,
  approver: Equipped,
): Promise<void> {
  const [administrator] = members;
  if (!administrator) throw new Error('nobody founds it');
  const until = day(200);
  await decide(
    administrator,
    { kind: 'members', members: members.map(({ userId }) => userId), until: day(300), minutes: 'ISSC 1' },
    members,
  );
  const person = employee.userId;
  const others = members.filter(({ userId }) => userId !== person);
  await decide(
    administrator,
    { kind: 'designate', person, as: 'authorised employee', until, minutes: 'ISSC 2' },
    others,
  );
  await publishAgreement(administrator, { text: 'Nothing of what I see leaves the company.', months: 12 });
  const train = (person: string, course: 'general' | 'additional') =>
    recordTraining(administrator, { person, course, completed: day(-1), evidence: 'LMS' });
  for (const { userId } of [employee, approver]) {
    await train(userId, 'general');
    await recordPlace(administrator, { person: userId, employer: 'Example Ltd', country: 'DE' });
  }
  await train(approver.userId, 'additional');
  await sign(approver, () => signAgreement(approver, 1));
}

/** What `foundCommittee` leaves to be done: then these two can give and use access. */
export async function completeRecords(
  members: readonly Equipped[],
  employee: Equipped,
  approver: Equipped,
): Promise<void> {
  const [administrator] = members;
  if (!administrator) throw new Error('nobody decides it');
  const evidence = { course: 'additional', completed: day(-1), evidence: 'LMS' } as const;
  await recordTraining(administrator, { person: employee.userId, ...evidence });
  await sign(employee, () => signAgreement(employee, 1));
  const person = approver.userId;
  const others = members.filter(({ userId }) => userId !== person);
  const designation = {
    kind: 'designate',
    person,
    as: 'security approver',
    until: day(200),
    minutes: 'ISSC 3',
  } as const;
  await decide(administrator, designation, others);
}

/** A target that holds no customer's data beyond its own, if it is an App ID. */
export async function openTarget(administrator: Equipped, target: string): Promise<string> {
  await changeTarget(administrator, {
    ...{ id: target, class: 'edge', region: 'EU', dataClasses: ['log'], organisations: [], state: 'active' },
  });
  return changePolicy(administrator, {
    policy: null,
    name: `Access to ${target.slice(0, 20)}`,
    terms: {
      ...{ roles: null, targets: [target], classes: ['edge'], regions: ['EU'], dataClasses: ['log'], maxMinutes: 60 },
      ...{
        decideMinutes: 120,
        escalateMinutes: 10,
        security: 1,
        onCall: 0,
        denials: 1,
        ticketPattern: null,
        files: false,
      },
      ...{ breakGlass: false, ended: false },
    },
  });
}

/** Asked for by one and agreed to by the other. */
export async function grant(
  employee: Equipped,
  approver: Equipped,
  { policy, target }: { policy: string; target: string },
): Promise<string> {
  const request = newId('grt');
  await sign(employee, () =>
    askForAccess(employee, {
      ...{ request, kind: 'access', policy, targets: [target], command: null, files: false, startsAt: null },
      ...{ purpose: 'maintenance', reason: 'Replacing the certificate of the collector', ticket: '', minutes: 45 },
    }),
  );
  await sign(approver, () => voteOnRequest(approver, { request, role: 'security', verdict: 'approve', minutes: 45 }));
  return request;
}

/** Confirms a session that watches a channel. */
export const watch = (
  employee: Equipped,
  { request, target, channel }: { request: string; target: string; channel: string },
) => {
  const asked = { session: newId('ssn'), request, target, publicKey: '', channel };
  return sign(employee, () => openSession(employee, asked, null));
};
