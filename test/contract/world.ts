import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { duePruning, pruneBatch, settleErasures } from '@/lib/audit/keeper/store';
import { signGrown } from '@/lib/audit/sequencer/sign';
import { step } from '@/lib/audit/sequencer/step';
import { openClient } from '@/lib/audit/sequencer/store';
import { begin } from '@/lib/audit/sequencer/worker';
import { prepareHome } from '@/lib/audit-export/files';
import { workOnce } from '@/lib/audit-export/worker/job';
import { openJobs } from '@/lib/audit-export/worker/store';
import { askDigest, type Caller } from '@/lib/authz';
import { closeDatabase } from '@/lib/db';
import { Clients } from '@/lib/keyring/clients';
import { openContext } from '@/lib/keyring/open';
import { run } from '@/lib/keyring/operations';
import { createKeyringServer } from '@/lib/keyring/server';
import { listen } from '@/lib/keyring/socket';
import { type Ask, isCordonError, newId } from '@/lib/platform';
import { startCluster } from '../support/database';
import type { Call } from '../support/soft-passkeys';
import { ensureVerifier } from '../support/verifier';
import { addApiKey, addMember, addOrganisation, addPerson, addSession, type PersonRow } from '../support/world';

/**
 * Two organisations on a real database with a real keyring on a real socket. Sessions and step-ups are written by the
 * installer, as if the person had just signed in and confirmed; everything after that goes through the capabilities.
 */
export type MemberCaller = Extract<Caller, { kind: 'member' }> & { userId: string; sessionId: string };
export type KeyCaller = Extract<Caller, { kind: 'api-key' }> & { keyId: string };

export interface World {
  /** Owner of the first organisation, and members of each other role. */
  owner: MemberCaller;
  auditor: MemberCaller;
  developer: MemberCaller;
  /** Owner of another organisation. */
  stranger: MemberCaller;
  staff: { secret: string; userId: string; sessionId: string };
  /** Another member of the first organisation, and another member of the staff. */
  join(role: string): Promise<MemberCaller>;
  employ(role: string): Promise<World['staff']>;
  key(projectId: string, scopes: string[], organisationId?: string): Promise<KeyCaller>;
  /** The second factor for one act in these terms, with a ticket the keyring accepts. */
  confirm(who: Pick<MemberCaller, 'userId' | 'sessionId'>, ask: Ask): Promise<void>;
  /** What the act asks to have confirmed. It must not have happened. */
  asked(act: () => Promise<unknown>): Promise<Ask>;
  /** Does the act, confirming what it asks for. */
  confirmed<T>(who: Pick<MemberCaller, 'userId' | 'sessionId'>, act: () => Promise<T>): Promise<T>;
  /** Gives every event so far its place in the transparency logs and has these signed, as control does; or leaves them unsigned. */
  sequence(options?: { sign: boolean }): Promise<void>;
  /** Does one export that was asked for, as the console's worker does; answers whether there was one. */
  writeExport(over?: () => boolean): Promise<boolean>;
  /** Does everything that was agreed about logs, as control does, so many places of a log at a time. */
  keep(places?: number): Promise<void>;
  /** As a superuser, past every row policy. */
  sql<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  /** As the console's role, without any context. */
  consoleUrl: string;
  /** As the role that writes exports. */
  exporterUrl: string;
  /** As the role that sends streams. */
  streamerUrl: string;
  /** As control's; and as a superuser. */
  controlUrl: string;
  installerUrl: string;
  /** An operation of the keyring, whoever may call it. */
  call: Call;
  /** Where the keyring keeps its files. */
  keyringHome: string;
  /** Where the database keeps its. */
  databaseHome: string;
  /** Schemas of the events of a project, oldest first. */
  events(
    projectId: string,
  ): Promise<{ schema: string; outcome: string; actorKind: string; details: Record<string, unknown> }[]>;
  edge(name: string, region: string, state?: { enforcedSeq?: number; lastSeenAt?: Date }): Promise<void>;
  /** One decision as an edge would have reported it. */
  decision(projectId: string, fields?: Record<string, unknown>): Promise<void>;
  session(projectId: string, fields?: Record<string, unknown>): Promise<string>;
  stopKeyring(): Promise<void>;
  startKeyring(): Promise<void>;
  stop(): Promise<void>;
}

const QUIET = { info: () => undefined, warn: () => undefined };

export async function openWorld(): Promise<World> {
  const cluster = await startCluster();
  const db = await cluster.database();
  const home = mkdtempSync(join(tmpdir(), 'cordon-world-'));
  const context = await openContext(join(home, 'keys'), Date.now, {
    customer: 'http://localhost:3000',
    staff: 'http://staff.localhost:3000',
  });
  const token = randomBytes(32).toString('hex');
  const clients = new Clients({ console: createHash('sha256').update(token).digest('hex') });
  const socket = join(home, 'k.sock');
  const exportHome = join(home, 'exports');
  let server = createKeyringServer(context, clients, () => {});
  await listen(server, socket);
  Object.assign(process.env, {
    DATABASE_URL: db.url.console,
    CORDON_KEYRING_SOCKET: socket,
    CORDON_KEYRING_TOKEN: token,
    CORDON_CONSOLE_SECRET: randomBytes(32).toString('hex'),
    CORDON_CONSOLE_ORIGIN: 'http://localhost:3000',
    CORDON_STAFF_ORIGIN: 'http://staff.localhost:3000',
    CORDON_EXPORT_HOME: exportHome,
    CORDON_EXPORTER_DATABASE_URL: db.url.exporter,
    CORDON_STREAMER_DATABASE_URL: db.url.streamer,
  });

  const installer = new pg.Client({ connectionString: db.url.installer, options: '-c TimeZone=UTC' });
  await installer.connect();
  const sql = async <T>(text: string, values: unknown[] = []) => (await installer.query(text, values)).rows as T[];

  const caller = async (person: PersonRow, organisationId: string): Promise<MemberCaller> => {
    const { id, secret } = await addSession(db, person);
    return { kind: 'member', secret, organisationId, userId: person.id, sessionId: id };
  };
  const ownerRow = await addPerson(db, 'customer');
  const organisationId = await addOrganisation(db, ownerRow);
  const member = async (role: string) => {
    const person = await addPerson(db, 'customer');
    await addMember(db, organisationId, person, role);
    return caller(person, organisationId);
  };
  const strangerRow = await addPerson(db, 'customer');
  const elsewhere = await addOrganisation(db, strangerRow);
  const staffRow = await addPerson(db, 'staff', 'administrator');
  const staff = await addSession(db, staffRow);
  let n = 0;

  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row);
    const columns = names.map((name) => `"${name}"`).join(', ');
    return sql(
      `insert into "${table}" (${columns}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    );
  };
  const projectOf = async (id: string) =>
    (
      await sql<{ appId: string; organisationId: string }>(
        'select "appId", "organisationId" from "Project" where id = $1',
        [id],
      )
    )[0]!;

  const confirm: World['confirm'] = async ({ userId, sessionId }, ask) => {
    const { action, object } = ask;
    const terms = askDigest(ask);
    const ticket = context.tickets.issue({ sessionId, userId, action, object, terms }, '', Date.now());
    const expiresAt = new Date(Date.now() + 300_000);
    await insert('StepUp', { id: newId('stp'), sessionId, action, object, terms, factor: 'totp', ticket, expiresAt });
  };
  const asked: World['asked'] = async (act) => {
    const refusal = await act().then(
      () => null,
      (error) => error,
    );
    if (!isCordonError(refusal) || !refusal.ask) throw refusal ?? new Error('It was done without being confirmed.');
    return refusal.ask;
  };

  return {
    owner: await caller(ownerRow, organisationId),
    auditor: await member('auditor'),
    developer: await member('developer'),
    stranger: await caller(strangerRow, elsewhere),
    staff: { secret: staff.secret, userId: staffRow.id, sessionId: staff.id },
    sql,
    consoleUrl: db.url.console,
    exporterUrl: db.url.exporter,
    streamerUrl: db.url.streamer,
    controlUrl: db.url.control,
    installerUrl: db.url.installer,
    call: (operation, input) => run(context, operation, input),
    keyringHome: join(home, 'keys'),
    databaseHome: (await sql<{ d: string }>(`select current_setting('data_directory') as d`))[0]!.d,
    join: member,
    async employ(role) {
      const person = await addPerson(db, 'staff', role);
      const { id, secret } = await addSession(db, person);
      return { secret, userId: person.id, sessionId: id };
    },
    async keep(places = 2048) {
      const client = new pg.Client({ connectionString: db.url.control, options: '-c TimeZone=UTC' });
      await client.connect();
      try {
        while ((await settleErasures(client, 10_000)) > 0);
        for (let id = await duePruning(client); id !== null; id = await duePruning(client))
          await pruneBatch(client, id, places);
      } finally {
        await client.end();
      }
    },
    async key(projectId, scopes, of = organisationId) {
      const { id, key } = await addApiKey(db, of, projectId, scopes);
      return { kind: 'api-key', key, keyId: id };
    },
    confirm,
    asked,
    async confirmed(who, act) {
      await confirm(who, await asked(act));
      return act();
    },
    async events(projectId) {
      const rows = await sql<{ header: string }>(
        `select convert_from("header", 'UTF8') as header from "AuditEvent" where "projectId" = $1 order by "at", "id"`,
        [projectId],
      );
      return rows.map(({ header }) => JSON.parse(header));
    },
    async edge(name, region, { enforcedSeq = 0, lastSeenAt = new Date() } = {}) {
      await insert('Edge', {
        name,
        region,
        url: `http://localhost/${name}`,
        relay: 'localhost:1',
        lastSeenAt,
        appliedSeq: enforcedSeq,
        enforcedSeq,
      });
    },
    async decision(projectId, fields = {}) {
      const { appId, organisationId: of } = await projectOf(projectId);
      await insert('Decision', {
        edgeName: 'eu-1',
        bootId: 'boot',
        n: ++n,
        organisationId: of,
        projectId,
        appId,
        at: new Date(),
        traceId: `trc_${n}`,
        channel: 'room',
        account: 'ada',
        action: 'join',
        verdict: 'allow',
        rule: 'privilege',
        code: 'ok',
        epoch: 1,
        seq: 1,
        addressPrefix: '192.0.2.0/24',
        ...fields,
      });
    },
    async session(projectId, fields = {}) {
      const { appId, organisationId: of } = await projectOf(projectId);
      const id = `session-${++n}`;
      await insert('MediaSession', {
        id,
        edgeName: 'eu-1',
        bootId: 'boot',
        organisationId: of,
        projectId,
        appId,
        channel: 'room',
        account: 'ada',
        direction: 'both',
        startedAt: new Date(),
        ...fields,
      });
      return id;
    },
    async sequence({ sign } = { sign: true }) {
      const client = openClient(db.url.sequencer);
      await client.connect();
      try {
        let cursor = await begin(client);
        for (let stepped = await step(client, cursor); stepped; stepped = await step(client, cursor))
          cursor = stepped.cursor;
        if (sign) await signGrown(client, { call: (operation, input) => run(context, operation, input) }, cursor);
      } finally {
        await client.end();
      }
    },
    async writeExport(over = () => false) {
      await prepareHome(exportHome);
      await ensureVerifier();
      const jobs = await openJobs(db.url.exporter, { waiting: () => undefined, lost: () => undefined });
      try {
        return await workOnce({ jobs, home: exportHome, over, log: QUIET });
      } finally {
        await jobs.close();
      }
    },
    async stopKeyring() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async startKeyring() {
      server = createKeyringServer(context, clients, () => {});
      await listen(server, socket);
    },
    async stop() {
      await closeDatabase();
      await installer.end();
      server.closeAllConnections();
      server.close();
      await context.positions.close();
      await context.logs.close();
      await context.grants.close();
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
