import { randomBytes } from 'node:crypto';
import { generate } from 'otplib';
import { createApiKey } from '@/lib/api-keys';
import type { Caller } from '@/lib/authz';
import { inviteEmployee } from '@/lib/employees';
import {
  acceptInvitation,
  beginEnrolment,
  beginPasskeyEnrolment,
  claimSetup,
  confirmEnrolment,
  confirmPasskeyEnrolment,
  confirmStepUpWithCode,
  giveRecoveryCodes,
  type Realm,
  readSession,
  signInWithPassword,
} from '@/lib/identity';
import { listNotices, readNotices } from '@/lib/notices';
import { createOrganisation, inviteMember } from '@/lib/organisations';
import { isCordonError } from '@/lib/platform';
import { addCertificate, createProject, freezeProject, setMode, setTokenPolicy } from '@/lib/projects';
import { SoftPasskey } from './demo-passkey';
import { DEMO_ORGANISATIONS, DEMO_STAFF, type DemoProject } from './demo-world';

/**
 * Loads the demo world through the console's own use cases: every account has its own password and authenticator, and dangerous
 * acts are confirmed with a code like anybody's. Staff work with passkeys only, so the administrator has one in software while this
 * runs; afterwards every member of the staff sets up their own at the first sign-in. Reads the set-up secret from standard input, writes
 * one line of JSON.
 */
const FROM = { address: '127.0.0.1', userAgent: 'demo loader' };
const STEP_MS = 30_000;
const STAFF_ORIGIN = process.env.CORDON_STAFF_ORIGIN ?? '';
const say = (line: string) => console.log(`· ${line}`);

interface DemoUser {
  email: string;
  password: string;
  totpSecret: string;
  role: string;
  organisation: string | null;
  realm: Realm;
  /** Session and recovery codes, for this run only; not written out. */
  session: string;
  recoveryCodes: string[];
}

const users: DemoUser[] = [];
const projects: object[] = [];
const apiKeys: object[] = [];

const newPassword = () => `demo-${randomBytes(12).toString('base64url')}`;
const secretOf = (link: string) => link.slice(link.indexOf('#') + 1);

type About = Omit<DemoUser, 'session' | 'totpSecret' | 'recoveryCodes'>;

async function enrol(first: { secret: string }, about: About): Promise<DemoUser> {
  const user = { ...about, ...(await setUpAuthenticator(first.secret)) };
  users.push(user);
  return user;
}

/** A code is good in its own 30 s only; in the last of them it could be over on arrival. */
async function codeOf(key: string): Promise<string> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < 2_000) await new Promise((resolve) => setTimeout(resolve, left + 50));
  return generate({ secret: key });
}

async function setUpAuthenticator(first: string) {
  const { key } = await beginEnrolment(first);
  const { secret, recoveryCodes } = await confirmEnrolment(first, await codeOf(key), FROM.address);
  return { totpSecret: key, session: secret, recoveryCodes };
}

/** Staff work with a passkey. The launcher has welcomed the first one. */
async function setUpPasskey(admin: DemoUser): Promise<void> {
  const { options, statement, mac, passkeyId } = await beginPasskeyEnrolment(admin.session);
  const response = new SoftPasskey().register(options, STAFF_ORIGIN);
  const answer = { passkeyId, statement, mac, response, name: 'Demo loader' };
  const { secret } = await confirmPasskeyEnrolment(admin.session, answer, FROM.address);
  if (!secret) throw new Error('the passkey of the demo loader was not accepted');
  admin.session = secret;
}

/** The way of somebody who lost their key: with two recovery codes every factor is replaced, and that passkey is gone. */
async function forgetPasskey(admin: DemoUser): Promise<void> {
  const { email, password, realm } = admin;
  const first = await signInWithPassword({ realm, email, password, ...FROM });
  const { secret } = await giveRecoveryCodes(first.secret, admin.recoveryCodes.slice(0, 2), FROM.address);
  Object.assign(admin, await setUpAuthenticator(secret));
}

async function accept(
  realm: Realm,
  link: string,
  person: { email: string; name: string; role: string },
  organisation: string | null,
): Promise<DemoUser> {
  const password = newPassword();
  const first = await acceptInvitation(realm, secretOf(link), { name: person.name, password }, FROM);
  return enrol(first, { email: person.email, password, role: person.role, organisation, realm });
}

/** Dangerous acts, each by a person of its own: a code works once, and the next one is up to 30 s away. */
const dangerous: { user: DemoUser; act: () => Promise<void> }[] = [];

/** The first attempt says what there is to confirm, as a page would show it. */
async function confirmed({ user, act }: (typeof dangerous)[number]): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isCordonError(error) || !error.ask) throw error;
    await confirmStepUpWithCode(user.session, error.ask, await codeOf(user.totpSecret), FROM.address);
    await act();
  }
}

async function main(): Promise<void> {
  const setup = (await readAll()).trim();
  const now = () => new Date();

  say(`Staff: ${DEMO_STAFF.length} people`);
  const [first, ...others] = DEMO_STAFF;
  const password = newPassword();
  const admin = await enrol(await claimSetup(setup, { email: first.email, name: first.name, password }, FROM), {
    email: first.email,
    password,
    role: first.role,
    organisation: null,
    realm: 'staff',
  });
  await setUpPasskey(admin);
  for (const person of others) {
    const { link } = await inviteEmployee(admin.session, { email: person.email, role: person.role }, now());
    await accept('staff', link, person, null);
  }

  for (const { name, slug, people, projects: planned } of DEMO_ORGANISATIONS) {
    say(`${name}: ${people.length} people, ${planned.length} projects`);
    const [ownerPerson, ...members] = people;
    if (!ownerPerson) continue;
    const made = await createOrganisation(admin.session, { name, slug, ownerEmail: ownerPerson.email }, now());
    const owner = await accept('customer', made.invitation.link, ownerPerson, slug);
    const team = [owner];
    for (const person of members) {
      const { link } = await inviteMember(owner.session, made.id, { email: person.email, role: person.role }, now());
      team.push(await accept('customer', link, person, slug));
    }
    for (const project of planned) await makeProject(project, slug, made.id, team);
  }

  const staff = users.filter(({ realm }) => realm === 'staff');
  const staffIds = await Promise.all(staff.map(({ session }) => userIdOf(session)));
  await forgetPasskey(admin);

  if (dangerous.length > 0) {
    const wait = STEP_MS - (Date.now() % STEP_MS) + 500;
    say(
      `Waiting ${Math.ceil(wait / 1000)} s for the next authenticator codes, to confirm ${dangerous.length} dangerous acts`,
    );
    await new Promise((resolve) => setTimeout(resolve, wait));
    for (const each of dangerous) await confirmed(each);
  }

  // Whoever loads the demo knows what the loader did. Staff read theirs once they have a passkey.
  for (const { session } of users.filter(({ realm }) => realm === 'customer')) {
    const told = await listNotices(session);
    await readNotices(
      session,
      told.map(({ id }) => id),
    );
  }

  const shown = users.map(({ session: _, recoveryCodes: __, ...user }) => user);
  console.log(JSON.stringify({ users: shown, apiKeys, projects, staffIds }));
}

async function userIdOf(session: string): Promise<string> {
  const live = await readSession(session);
  if (!live) throw new Error('a session of the demo loader has ended');
  return live.userId;
}

async function makeProject(
  plan: DemoProject,
  organisation: string,
  organisationId: string,
  team: DemoUser[],
): Promise<void> {
  const [owner] = team;
  if (!owner) return;
  const as = (user: DemoUser): Caller => ({ kind: 'member', secret: user.session, organisationId });
  const caller = as(owner);
  const { project, certificate } = await createProject(caller, {
    name: plan.name,
    environment: plan.environment,
    fence: plan.fence,
  });
  const secondary = plan.secondary ? (await addCertificate(caller, project.id)).value : null;
  if (plan.wildcardUser !== undefined || plan.maxLifetimeSeconds !== undefined) {
    await setTokenPolicy(caller, project.id, {
      ...project.tokenPolicy,
      wildcardUser: plan.wildcardUser ?? project.tokenPolicy.wildcardUser,
      maxLifetimeSeconds: plan.maxLifetimeSeconds ?? project.tokenPolicy.maxLifetimeSeconds,
    });
  }
  projects.push({
    organisation,
    name: plan.name,
    id: project.id,
    appId: project.appId,
    environment: plan.environment,
    certificates: { primary: certificate.value, secondary },
    fence: plan.fence,
  });

  const busy = new Set(dangerous.map(({ user }) => user));
  /** Of the first role that has somebody left. */
  const free = (...roles: string[]) => {
    const user = roles.flatMap((role) => team.filter((member) => member.role === role && !busy.has(member)))[0];
    if (!user) throw new Error('the demo has more dangerous acts than people to confirm them');
    busy.add(user);
    return user;
  };
  if (plan.mode) {
    const user = free('owner', 'administrator');
    dangerous.push({
      user,
      act: async () => void (await setMode(as(user), project.id, { mode: 'app-id' })),
    });
  }
  if (plan.frozen) {
    const [user, reason] = [free('administrator', 'owner'), plan.frozen];
    dangerous.push({
      user,
      act: async () => void (await freezeProject(as(user), project.id, { reason })),
    });
  }
  if (plan.apiKey) {
    const [user, name] = [free('developer', 'administrator', 'owner'), plan.apiKey];
    dangerous.push({
      user,
      act: async () => {
        const scopes = [
          'project:read',
          'project:write',
          'token:mint',
          'token:inspect',
          'revocation:read',
          'revocation:write',
          'decision:read',
        ] as const;
        const { key } = await createApiKey(as(user), project.id, { name, scopes: [...scopes] });
        apiKeys.push({ project: project.id, organisation, name, key, scopes });
      },
    });
  }
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}

await main();
process.exit(0);
