import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asPerson, closeDatabase } from '@/lib/db';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { type Mailbox, openMailbox } from '@/test/support/mailbox';
import { addMember, addOrganisation, addPerson, addSession, type PersonRow, query } from '@/test/support/world';
import { listNotices, notify, sendMail, startMailer } from '..';
import { openQueue } from './store';

let cluster: TestCluster;
let db: TestDatabase;
let mailbox: Mailbox;
let ada: PersonRow;
let session: { id: string; secret: string };
const running: { stop(): Promise<void> }[] = [];
const WAIT = { timeout: 20_000 };
const quiet = { info: () => undefined, warn: () => undefined };

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  mailbox = await openMailbox();
  Object.assign(process.env, {
    DATABASE_URL: db.url.console,
    CORDON_SMTP_URL: mailbox.url,
    CORDON_MAIL_FROM: 'Cordon <cordon@provider.example>',
    CORDON_CONSOLE_ORIGIN: 'http://localhost:3000',
    CORDON_STAFF_ORIGIN: 'http://staff.localhost:3000',
  });
});
beforeEach(async () => {
  ada = await addPerson(db, 'customer');
  session = await addSession(db, ada);
  mailbox.mails.length = 0;
});
afterAll(async () => {
  await Promise.all(running.map((mailer) => mailer.stop()));
  await closeDatabase();
  await mailbox?.close();
  await cluster?.stop();
});

const start = () => {
  const mailer = startMailer(db.url.mailer, quiet);
  running.push(mailer);
  return mailer;
};
const happen = (schema: 'password.changed@1' | 'recovery.renewed@1' = 'password.changed@1') =>
  asPerson(session.secret, (tx) => notify(tx, ada.id, { schema, object: { id: ada.id }, fields: {} }));
const sql = (text: string, values: unknown[] = []) => query(db.url.installer, text, values);
const header = (name: string) => mailbox.mails.map(({ headers }) => headers.find(([each]) => each === name)?.[1]);
/** Makes every waiting notice due now, and says so. */
const dueNow = () => sql(`update "Notice" set "nextTryAt" = now() where "mailedAt" is null; notify notice`);

describe('the mailer', () => {
  it('mails what happens, once, and the list says so', async () => {
    start();
    await happen();
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(1);
    const [mail] = mailbox.mails;
    expect(mail!.envelope).toEqual({ from: 'cordon@provider.example', to: [ada.email] });
    expect(Object.fromEntries(mail!.headers)).toMatchObject({
      from: 'Cordon <cordon@provider.example>',
      to: ada.email,
      subject: 'Cordon: Password changed',
      'content-type': 'text/plain; charset=utf-8',
      'auto-submitted': 'auto-generated',
    });
    expect(mail!.text).toContain('\nhttp://localhost:3000/account/not-me\n');
    await expect
      .poll(async () => (await listNotices(session.secret)).map(({ mailed }) => mailed), WAIT)
      .toEqual([true]);
    await dueNow();
    await happen('recovery.renewed@1');
    await expect
      .poll(() => header('subject'), WAIT)
      .toEqual(['Cordon: Password changed', 'Cordon: Recovery codes renewed']);
  });

  it('leads staff to the staff origin', async () => {
    const staff = await addPerson(db, 'staff', 'support');
    const { secret } = await addSession(db, staff);
    await asPerson(secret, (tx) => notify(tx, staff.id, { schema: 'totp.removed@1', object: { id: '' }, fields: {} }));
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(1);
    expect(mailbox.mails[0]!.text).toContain('\nhttp://staff.localhost:3000/account/not-me\n');
  });

  it('tries again later what the server did not take, under the same Message-ID, and says nothing of it before', async () => {
    mailbox.refuse(1);
    await happen();
    const tries = () =>
      sql('select "tries", "nextTryAt" > now() + interval \'20 seconds\' as later from "Notice" where "userId" = $1', [
        ada.id,
      ]);
    await expect.poll(tries, WAIT).toEqual([{ tries: 1, later: true }]);
    expect(mailbox.mails).toEqual([]);
    expect((await listNotices(session.secret)).map(({ mailed }) => mailed)).toEqual([false]);
    await dueNow();
    const mailed = async () => (await listNotices(session.secret)).map((notice) => notice.mailed);
    await expect.poll(mailed, WAIT).toEqual([true]);
    expect(mailbox.mails).toHaveLength(1);
    // The mailer died after the server took it and before it could say so: a second mail, which a mailbox can tell from its number.
    await sql('update "Notice" set "mailedAt" = null where "userId" = $1', [ada.id]);
    await dueNow();
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(2);
    const [id] = await sql('select \'<\' || "id" || \'@provider.example>\' as id from "Notice" where "userId" = $1', [
      ada.id,
    ]);
    expect(header('message-id')).toEqual([id!.id, id!.id]);
  });

  it('gives up after eight tries, and on what is three days old', async () => {
    for (const state of [`"tries" = 8`, `"at" = now() - interval '73 hours'`]) {
      mailbox.refuse(1);
      await happen();
      await expect.poll(() => mailbox.refusing(), WAIT).toBe(0);
      await sql(`update "Notice" set ${state}, "nextTryAt" = now() where "userId" = $1`, [ada.id]);
    }
    await sql('notify notice');
    await happen('recovery.renewed@1');
    await expect.poll(() => header('subject'), WAIT).toEqual(['Cordon: Recovery codes renewed']);
  });

  it('is one among several consoles; when it ends another takes over and mails what waited', async () => {
    await running[0]!.stop();
    const [first, second] = [start(), start()];
    for (let n = 0; n < 12; n++) await happen();
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(12);
    expect(new Set(header('message-id')).size).toBe(12);
    await first.stop();
    await second.stop();
    await happen();
    start();
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(13);
  });
});

describe('mail at once', () => {
  it('is sent as it is and kept nowhere; refused, it fails', async () => {
    const message = { to: ada.email, subject: 'Cordon: a link', text: 'http://localhost:3000/reset#secret\n' };
    await sendMail(message);
    expect(mailbox.mails.map(({ text }) => text)).toEqual([message.text]);
    mailbox.refuse(1);
    await expect(sendMail(message)).rejects.toThrow(/451|Try again/);
    await expect(sendMail({ ...message, to: 'a@b.example, c@d.example' })).rejects.toMatchObject({
      code: 'mail.address',
    });
  });
});

describe('an auditor', () => {
  it('is told three days before their access ends, once for each end', async () => {
    const organisation = await addOrganisation(db, await addPerson(db, 'customer'));
    await addMember(db, organisation, ada, 'auditor');
    const mailer = await openQueue(db.url.mailer, { waiting: () => undefined, lost: () => undefined });
    const told = async () => {
      await mailer.tellEnding();
      await mailer.tellEnding();
      return (await listNotices(session.secret)).filter(({ kind }) => kind === 'auditor.ending').length;
    };
    const ends = (within: string) =>
      query(db.url.installer, `update "Membership" set "accessUntil" = now() + $2::interval where "userId" = $1`, [
        ada.id,
        within,
      ]);
    expect(await told()).toBe(0);
    await ends('2 days');
    expect(await told()).toBe(1);
    // Extended, and near its end again.
    await ends('20 days');
    expect(await told()).toBe(1);
    await ends('1 day');
    expect(await told()).toBe(2);
    await mailer.close();
  });
});
