import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '@/lib/audit';
import { detailOf, isNoticeKind, NOTICES, noticeOf } from './kinds';
import { isMailAddress, parseFrom, parseSmtpUrl } from './mail/config';
import { composeNotice } from './mail/message';

describe('notices of events', () => {
  it('tell what the standards name, with the fields that say which, and nothing else', () => {
    const kinds = (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).flatMap((schema) => {
      const told = noticeOf(schema, {});
      return told ? [[schema, told.kind]] : [];
    });
    expect(Object.fromEntries(kinds)).toEqual({
      'sign-in@1': 'sign-in.new',
      'sign-in.unusual@1': 'sign-in.unusual',
      'password.changed@1': 'password.changed',
      'password.reset@1': 'password.changed',
      'password.reset_offered@1': 'password.reset',
      'totp.enrolled@1': 'authenticator.added',
      'totp.removed@1': 'authenticator.removed',
      'passkey.added@1': 'passkey.added',
      'passkey.removed@1': 'passkey.removed',
      'passkey.endorsed@1': 'passkey.endorsed',
      'passkey.turned_down@1': 'passkey.turned-down',
      'recovery.used@1': 'recovery.used',
      'recovery.renewed@1': 'recovery.renewed',
      'api-key.created@1': 'api-key.created',
      'employee.changed@1': 'employee.changed',
    });
    const added = { deviceBound: true, state: 'pending', credential: 'secret-ish', name: 'Work key' };
    expect(noticeOf('passkey.added@1', added)).toEqual({
      kind: 'passkey.added',
      fields: { name: 'Work key', state: 'pending' },
    });
    expect(detailOf('passkey.added', { name: 'Work key', state: 'pending' })).toBe('Work key, waiting to be endorsed');
  });

  it('that others raise are of kinds the database knows who may raise', () => {
    const sql = readdirSync('prisma/migrations')
      .filter((name) => /^\d/.test(name))
      .map((name) => readFileSync(`prisma/migrations/${name}/migration.sql`, 'utf8'))
      .join('\n');
    const listed = [...sql.matchAll(/kind IN \(([^)]*)\)/g)].flatMap(([, list = '']) => [
      ...list.matchAll(/'([a-z]+\.[a-z-]+)'/g),
    ]);
    const kinds = listed.map(([, kind = '']) => kind);
    expect(kinds.length).toBeGreaterThan(5);
    expect(kinds.filter((kind) => !isNoticeKind(kind))).toEqual([]);
    for (const [kind, { own }] of Object.entries(NOTICES)) if (!own) expect(sql, kind).toContain(`'${kind}'`);
  });
});

describe('the mail of a notice', () => {
  const queued = {
    id: 'ntc_1',
    email: 'ada@example.com',
    realm: 'customer' as const,
    kind: 'passkey.added',
    at: new Date('2026-11-21T09:42:06Z'),
    addressPrefix: '203.0.113.0/24',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  };
  const via = { origin: 'https://console.example', domain: 'provider.example' };

  it('says what, when and from where, and where to look', () => {
    expect(composeNotice(queued, via)).toEqual({
      to: 'ada@example.com',
      subject: 'Cordon: Passkey added',
      text: expect.stringContaining(
        'When     2026-11-21 09:42 UTC\nDevice   Firefox on Linux\nNetwork  203.0.113.0/24\n',
      ),
      messageId: 'ntc_1@provider.example',
    });
    expect(composeNotice(queued, via).text).toContain('\nhttps://console.example/account/not-me\n');
  });

  it('leaves out a device that is not in our own words, and a network that is none', () => {
    const { text } = composeNotice(
      { ...queued, userAgent: 'call +1 555 0100', addressPrefix: 'see evil.example' },
      via,
    );
    expect(text).not.toMatch(/555|evil|Device|Network/);
  });

  it('knows its kinds only', () => {
    expect(() => composeNotice({ ...queued, kind: 'something' }, via)).toThrow(
      expect.objectContaining({ code: 'notice.kind' }),
    );
  });
});

describe('what mail is configured with', () => {
  it('demands TLS of every server that is not on this machine', () => {
    expect(parseSmtpUrl('smtp://mail.example.com')).toMatchObject({ port: 587, secure: false, requireTls: true });
    expect(parseSmtpUrl('smtps://u%40x:p%3A@mail.example.com')).toMatchObject({
      port: 465,
      secure: true,
      auth: { user: 'u@x', pass: 'p:' },
    });
    for (const local of ['smtp://localhost:25', 'smtp://127.0.0.1:25', 'smtp://[::1]:25'])
      expect(parseSmtpUrl(local), local).toMatchObject({ requireTls: false, auth: null });
    for (const near of ['smtp://127.example.com', 'smtp://localhost.example.com', 'smtp://10.0.0.1', 'smtp://0.0.0.0'])
      expect(parseSmtpUrl(near), near).toMatchObject({ requireTls: true });
  });

  it('takes one sender and plain addresses', () => {
    expect(parseFrom('cordon@example.com')).toEqual({ name: '', address: 'cordon@example.com' });
    expect(parseFrom('Cordon notices <cordon@example.com>')).toEqual({
      name: 'Cordon notices',
      address: 'cordon@example.com',
    });
    for (const bad of ['', 'nobody', 'a@b\nBcc: c@d', '<a@b>, <c@d>', 'A <a@b> <c@d>', 'a"b@c d'])
      expect(() => parseFrom(bad), bad).toThrow('CORDON_MAIL_FROM');
    for (const bad of ['a@b,c@d', 'a b@c', 'a@b\r\nBcc: x@y', '<a@b>', '"a"@b', 'a@b@c', 'a@', `${'a'.repeat(65)}@b`])
      expect(isMailAddress(bad), bad).toBe(false);
    for (const good of ['ada@example.com', "o'neil+x@mail.example", 'x@localhost'])
      expect(isMailAddress(good), good).toBe(true);
  });
});
