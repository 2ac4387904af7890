import 'server-only';
import { createTransport } from 'nodemailer';
import { noticeErrors } from '../errors';
import { isMailAddress, type MailConfig } from './config';
import type { Message } from './message';

const TIMEOUT_MS = 15_000;

/**
 * Sends plain text over SMTP. Addresses go in as objects and are plain, subjects are ours: nothing in a message can begin a header.
 * Certificates are always checked.
 */
export function openTransport({ server, from }: MailConfig) {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    ...(server.auth ? { auth: server.auth } : {}),
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, messageId }: Message): Promise<void> {
      if (!isMailAddress(to)) throw noticeErrors('mail.address');
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        ...(messageId ? { messageId: `<${messageId}>` } : {}),
        // RFC 3834: no out-of-office answers, please.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
