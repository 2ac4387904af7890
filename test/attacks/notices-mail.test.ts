import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asMember, asPerson, closeDatabase } from '@/lib/db';
import { notify, startMailer, tell } from '@/lib/notices';
import { parseSmtpUrl } from '@/lib/notices/mail/config';
import { openTransport } from '@/lib/notices/mail/transport';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { type Mailbox, openMailbox } from '../support/mailbox';
import { selfSigned } from '../support/tls';
import { addMember, addOrganisation, addPerson, addSession, type PersonRow, query } from '../support/world';

let cluster: TestCluster;
let db: TestDatabase;
let mailbox: Mailbox;
let mailer: { stop(): Promise<void> };
let ada: PersonRow;
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
  mailbox.mails.length = 0;
});
afterEach(() => mailer?.stop());
afterAll(async () => {
  await closeDatabase();
  await mailbox?.close();
  await cluster?.stop();
});

const sql = (text: string, values: unknown[] = []) => query(db.url.installer, text, values);

/**
 * The attack: somebody gives every name they can choose a line break and a header of their own (their passkey, their API key, their
 * organisation, their browser, themselves) and words that look like the provider's, so that its mail server sends their letter: to more
 * people, or with their link, under the provider's name and signature.
 */
describe('names that are letters', () => {
  const EVIL =
    'Key\r\nBcc: everybody@evil.example\r\nSubject: Your account is locked\r\n\r\nGo to https://evil.example/unlock';
  const HEADERS = [
    'from',
    'to',
    'subject',
    'message-id',
    'auto-submitted',
    'content-transfer-encoding',
    'content-type',
    'date',
    'mime-version',
  ];

  it('reach no header, no envelope and no line of any mail', async () => {
    // Of another day: somebody who just set up their account is not told of its first passkey.
    await addSession(db, ada);
    const { id, secret } = await addSession(db, ada);
    await sql('update "User" set "name" = $2 where "id" = $1', [ada.id, EVIL]);
    await sql('update "Session" set "userAgent" = $2, "addressPrefix" = $3 where "id" = $1', [id, EVIL, 'x\r\nBcc: y']);
    const organisation = await addOrganisation(db, ada);
    await sql('update "Organisation" set "name" = $2 where "id" = $1', [organisation, EVIL]);
    const colleague = await addPerson(db, 'customer');
    await addMember(db, organisation, colleague, 'developer');

    await asPerson(secret, async (tx) => {
      const added = { deviceBound: true, state: 'active', credential: 'c', name: EVIL };
      await notify(tx, ada.id, { schema: 'passkey.added@1', object: { id: 'psk' }, fields: added });
      const made = { scopes: [], expiresAt: null, name: EVIL };
      await notify(tx, ada.id, { schema: 'api-key.created@1', object: { id: 'key' }, fields: made });
    });
    await asMember(secret, organisation, (tx) =>
      tell(tx, colleague.id, { kind: 'member.removed', fields: { organisation: EVIL } }),
    );
    mailer = startMailer(db.url.mailer, quiet);
    await expect.poll(() => mailbox.mails.length, WAIT).toBe(3);
    const about = mailbox.mails.map(({ headers, envelope }) => [
      headers.find(([name]) => name === 'subject')?.[1],
      ...envelope.to,
    ]);
    expect(about.sort()).toEqual([
      ['Cordon: API key created', ada.email],
      ['Cordon: Passkey added', ada.email],
      ['Cordon: Removed from an organisation', colleague.email],
    ]);
    for (const { raw, headers, text } of mailbox.mails) {
      expect(headers.map(([name]) => name).sort()).toEqual([...HEADERS].sort());
      expect(raw).not.toMatch(/evil|bcc|locked|unlock/i);
      expect(text.match(/https?:\S+/g)).toEqual([expect.stringMatching(/^http:\/\/localhost:3000\/account/)]);
    }
  });

  it.each([
    'ada@example.com\r\nbcc: everybody@evil.example',
    'ada@example.com> rcpt to:<everybody@evil.example',
    'ada@example.com,everybody@evil.example',
    '"everybody@evil.example"<ada@example.com>',
    'everybody@evil.example;ada@example.com',
    'ada@example.com>,<everybody@evil.example',
    'ada@[192.0.2.1]',
  ])('in place of an address are mailed to nobody: %j', async (address) => {
    const { secret } = await addSession(db, ada);
    await sql('update "User" set "email" = $2 where "id" = $1', [ada.id, address]);
    const other = await addPerson(db, 'customer');
    const { secret: others } = await addSession(db, other);
    const change = { schema: 'password.changed@1' as const, object: { id: 'x' }, fields: {} };
    await asPerson(secret, (tx) => notify(tx, ada.id, change));
    await asPerson(others, (tx) => notify(tx, other.id, change));
    mailer = startMailer(db.url.mailer, quiet);
    await expect.poll(() => mailbox.mails.map(({ envelope }) => envelope.to), WAIT).toEqual([[other.email]]);
  });
});

/**
 * The attack: whoever can run SQL as the console's role keeps the mailer from working: they take the lock by which mailers agree who works,
 * and never give it back.
 */
describe('the lock of the mailer, taken by somebody else', () => {
  it('delays a notice and does not keep it', async () => {
    const thief = new pg.Client({ connectionString: db.url.console });
    await thief.connect();
    try {
      await thief.query('select pg_advisory_lock($1, $2)', [0x636f7264, 0x6d61696c]);
      mailer = startMailer(db.url.mailer, quiet);
      const { secret } = await addSession(db, ada);
      await asPerson(secret, (tx) => notify(tx, ada.id, { schema: 'totp.removed@1', object: { id: 'x' }, fields: {} }));
      await expect.poll(() => mailbox.mails.length, WAIT).toBe(1);
    } finally {
      await thief.end();
    }
  });
});

/**
 * The attack: somebody on the way to the mail server answers in its place: without TLS, or with a certificate of their own, to read what
 * people are told about their accounts, and the password the console signs in there with.
 */
describe('a mail server that is another', () => {
  const home = mkdtempSync(join(tmpdir(), 'cordon-mail-'));
  let own: { key: string; cert: string };
  beforeAll(async () => {
    const { key, cert } = await selfSigned(home);
    own = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const through = (box: Mailbox, url: string) => {
    // As for a server elsewhere, but for where it listens.
    const server = { ...parseSmtpUrl(url), host: 'localhost', port: box.port };
    return openTransport({
      server,
      from: { name: '', address: 'cordon@provider.example' },
      origins: { customer: 'http://localhost:3000', staff: 'http://staff.localhost:3000' },
    });
  };
  const letter = { to: 'ada@example.com', subject: 'Cordon: x', text: 'x' };

  it.each([
    ['offers no TLS', {}, 'smtp://user:password@mail.example.com'],
    ['shows a certificate nobody vouched for, after STARTTLS', { tls: true }, 'smtp://user:password@mail.example.com'],
    ['shows it from the start', { tls: true, secure: true }, 'smtps://user:password@mail.example.com'],
    ['speaks in the clear where TLS was agreed', {}, 'smtps://user:password@mail.example.com'],
  ])('and %s is told nothing', async (_what, { tls, secure }: { tls?: boolean; secure?: boolean }, url) => {
    const box = await openMailbox({
      ...(tls ? { tls: own } : {}),
      ...(secure ? { secure } : {}),
    });
    const transport = through(box, url);
    try {
      await expect(transport.send(letter)).rejects.toThrow();
      expect(box.mails).toEqual([]);
      expect(box.passwords).toEqual([]);
    } finally {
      transport.close();
      await box.close();
    }
  });
});
