import 'server-only';
import { isIP } from 'node:net';
import { z } from 'zod';
import { ConfigError, defineConfig } from '@/lib/platform';

/** How mail leaves the console. Both variables, or nothing is mailed and the account page says so. */
export interface MailConfig {
  readonly server: SmtpServer;
  readonly from: { readonly name: string; readonly address: string };
  /** Where the links lead, by realm. */
  readonly origins: { readonly customer: string; readonly staff: string };
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps). */
  readonly secure: boolean;
  /** With smtp: STARTTLS or nothing, off loopback. */
  readonly requireTls: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

/** `smtp://user:password@host:port` (STARTTLS is required off loopback) or `smtps://…`. Nothing about it can switch TLS checks off. */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || !url.hostname || url.search || url.hash)
    throw new ConfigError(
      'CORDON_SMTP_URL must look like smtps://user:password@host:465 or smtp://user:password@host:587.',
    );
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port ? Number(url.port) : secure ? SMTPS_PORT : SUBMISSION_PORT,
    secure,
    requireTls: !secure && !isLoopback(host),
    auth: url.username ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : null,
  };
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** `address` or `Name <address>`. */
export function parseFrom(text: string): MailConfig['from'] {
  const [, name = '', address = ''] = /^(?:([^<>"\p{Cc}]{1,64}?)\s*<)?([^<>\s]{3,254})>?$/u.exec(text.trim()) ?? [];
  if (!isMailAddress(address))
    throw new ConfigError(
      'CORDON_MAIL_FROM must be an address, or a name and an address: Cordon <cordon@example.com>.',
    );
  return { name, address };
}

/** One plain address and nothing that could end it or begin another header. */
export const isMailAddress = (text: string): boolean =>
  text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(text);

const read = defineConfig(
  z.object({
    CORDON_SMTP_URL: z.string().optional(),
    CORDON_MAIL_FROM: z.string().optional(),
    CORDON_CONSOLE_ORIGIN: z.string().optional(),
    CORDON_STAFF_ORIGIN: z.string().optional(),
  }),
);

/** Null when nothing is mailed. Throws ConfigError with the variable's name. */
export function mailConfig(): MailConfig | null {
  const { CORDON_SMTP_URL: server, CORDON_MAIL_FROM: from, ...origins } = read();
  if (!server && !from) return null;
  if (!server || !from) throw new ConfigError('Mail needs both CORDON_SMTP_URL and CORDON_MAIL_FROM.');
  const { CORDON_CONSOLE_ORIGIN: customer, CORDON_STAFF_ORIGIN: staff } = origins;
  if (!customer || !staff)
    throw new ConfigError('Mail needs CORDON_CONSOLE_ORIGIN and CORDON_STAFF_ORIGIN for its links.');
  return { server: parseSmtpUrl(server), from: parseFrom(from), origins: { customer, staff } };
}
