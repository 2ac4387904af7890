/**
 * People at work on a running system, in a process with the console's rights: what a console would do for them is done by the same
 * use cases. Sessions are written as if the person had just signed in. Reads one JSON command a line, answers with one JSON line.
 */
import { createInterface } from 'node:readline';
import pg from 'pg';
import { createApiKey } from '@/lib/api-keys';
import { changeEmployee } from '@/lib/employees';
import { revoke } from '@/lib/grants';
import { confirmStepUpWithCode } from '@/lib/identity';
import { cookieNames } from '@/lib/identity/request/cookies';
import { sealSessionCookie } from '@/lib/identity/request/next-auth';
import { hashSecret, newSecret } from '@/lib/identity/sessions/secrets';
import { removeMember } from '@/lib/organisations';
import { type Ask, isCordonError, newId } from '@/lib/platform';
import { mintToken } from '@/lib/tokens';
import type { Command, Made } from './hands';
import { completeRecords, type Equipped, equip, foundCommittee, grant, held, openTarget, watch } from './hands-access';

const origins = { customer: process.env.CORDON_CONSOLE_ORIGIN!, staff: process.env.CORDON_STAFF_ORIGIN! };
const installer = new pg.Client({ connectionString: process.env.INSTALLER_URL, options: '-c TimeZone=UTC' });
// The system may be stopped first.
installer.on('error', () => undefined);
await installer.connect();
const rows = async <T>(sql: string, values: unknown[]): Promise<T[]> =>
  (await installer.query(sql, values)).rows as T[];

interface Someone {
  secret: string;
  userId: string;
  sessionId: string;
}
const equipped = new Map<string, Equipped>();
const equippedAs = (email: string): Equipped => {
  const one = equipped.get(email);
  if (!one) throw new Error(`${email} has no passkey yet`);
  return one;
};

async function signedIn(realm: 'customer' | 'staff', email: string): Promise<Someone & { cookie: Made['cookie'] }> {
  const [secret, sessionId] = [newSecret(), newId('ses')];
  const [person] = await rows<{ id: string }>(
    `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "expiresAt", "addressPrefix", "userAgent")
     select $1, $2, u."id", u."realm", 2, $3, now() + interval '8 hours', '192.0.2.0/24', 'test' from "User" u
     where u."realm" = $4::"Realm" and u."email" = $5 returning "userId" as id`,
    [sessionId, hashSecret(secret), realm === 'staff' ? 'passkey' : 'totp', realm, email],
  );
  if (!person) throw new Error(`nobody is called ${email}`);
  const { session: name } = cookieNames(origins, realm);
  return { secret, userId: person.id, sessionId, cookie: { name, value: await sealSessionCookie(realm, secret) } };
}

const membership = async (userId: string) =>
  (
    await rows<{ id: string; organisationId: string; slug: string }>(
      `select m."id", m."organisationId", o."slug" from "Membership" m join "Organisation" o on o."id" = m."organisationId" where m."userId" = $1`,
      [userId],
    )
  )[0]!;

async function confirmed<T>(secret: string, code: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isCordonError(error) || !error.ask) throw error;
    await confirmStepUpWithCode(secret, error.ask as Ask, code, '127.0.0.1');
    return act();
  }
}

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'sign-in':
      return signedIn(command.realm, command.email);
    case 'employ': {
      const { email, name, role } = command;
      await rows(
        `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole") values ($1, 'staff', $2, $3, '-', $4::"StaffRole")`,
        [newId('usr'), email, name, role],
      );
      return null;
    }
    case 'equip': {
      const { realm, email } = command;
      const one = await equip(await signedIn(realm, email), realm, origins[realm], rows);
      equipped.set(email, one);
      return held(one);
    }
    case 'found-committee':
      return foundCommittee(
        command.members.map(equippedAs),
        equippedAs(command.employee),
        equippedAs(command.approver),
      );
    case 'complete-records':
      return completeRecords(
        command.members.map(equippedAs),
        equippedAs(command.employee),
        equippedAs(command.approver),
      );
    case 'open-target':
      return openTarget(equippedAs(command.administrator), command.target);
    case 'grant':
      return grant(equippedAs(command.employee), equippedAs(command.approver), command);
    case 'watch':
      return watch(equippedAs(command.employee), command);
    case 'revoke':
      return revoke(equippedAs(command.approver), command.request);
    case 'make-key': {
      const { organisationId } = await membership(command.userId);
      const caller = { kind: 'member', secret: command.secret, organisationId } as const;
      const asked = { name: 'made by somebody', scopes: ['project:read' as const] };
      return confirmed(command.secret, command.code, () => createApiKey(caller, command.projectId, asked));
    }
    case 'mint': {
      const { organisationId } = await membership(command.userId);
      return mintToken({ kind: 'member', secret: command.secret, organisationId }, command.projectId, {
        services: [{ kind: 'rtc', channel: 'room', account: command.account, privileges: { join: 3600 } }],
        lifetimeSeconds: 3600,
      });
    }
    case 'remove': {
      const { id, organisationId } = await membership(command.userId);
      return removeMember(command.secret, organisationId, id, { keys: 'end' });
    }
    case 'let-back': {
      await rows(
        `insert into "Membership" ("id", "organisationId", "userId", "role") select $1, "id", $2, 'developer' from "Organisation" where "slug" = $3`,
        [newId('mem'), command.userId, command.slug],
      );
      return null;
    }
    case 'set-staff': {
      const { userId, role, status } = command;
      return changeEmployee(command.secret, { userId, role, status });
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ ok: (await run(JSON.parse(line))) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: isCordonError(error) ? error.code : String(error) }));
  }
}
process.exit(0);
