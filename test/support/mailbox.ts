import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server on loopback that keeps what it is given. */
export interface Mailbox {
  /** For CORDON_SMTP_URL. */
  url: string;
  port: number;
  mails: Mail[];
  /** What clients tried to sign in with. */
  passwords: string[];
  /** The next so many messages are not taken. */
  refuse(times: number): void;
  /** How many of these are still to come. */
  refusing(): number;
  close(): Promise<void>;
}

export interface Mail {
  envelope: { from: string; to: string[] };
  /** As it came over the wire, line ends as \n. */
  raw: string;
  /** Names in the order of the message, lower case; folded lines are joined. */
  headers: [name: string, value: string][];
  text: string;
  tls: boolean;
}

export interface MailboxOptions {
  /** PEM; without one the server offers no TLS. */
  tls?: { key: string; cert: string };
  /** TLS from the first byte. */
  secure?: boolean;
}

export async function openMailbox({ tls, secure = false }: MailboxOptions = {}): Promise<Mailbox> {
  const mails: Mail[] = [];
  const passwords: string[] = [];
  let refusals = 0;
  const server = new SMTPServer({
    ...(tls ?? {}),
    secure,
    authOptional: true,
    disabledCommands: tls ? [] : ['STARTTLS'],
    // Would take a password in the clear: it is for the client not to give one.
    allowInsecureAuth: true,
    onAuth({ password }, _session, done) {
      passwords.push(password ?? '');
      done(null, { user: 'anybody' });
    },
    // No look-ups of names on the way.
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusals > 0) {
          refusals--;
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
          ...parse(Buffer.concat(chunks).toString('utf8').replaceAll('\r\n', '\n')),
          tls: session.secure,
        });
        done();
      });
    },
  });
  // A client that breaks off is its own business.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `${secure ? 'smtps' : 'smtp'}://localhost:${port}`,
    port,
    mails,
    passwords,
    refuse: (times) => {
      refusals = times;
    },
    refusing: () => refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parse(raw: string): Pick<Mail, 'raw' | 'headers' | 'text'> {
  const end = raw.indexOf('\n\n');
  const lines = raw
    .slice(0, end)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const body = raw.slice(end + 2);
  const quoted = headers.some(([name, value]) => name === 'content-transfer-encoding' && value === 'quoted-printable');
  return { raw, headers, text: quoted ? unquote(body) : body };
}

/** RFC 2045, 6.7. */
const unquote = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
