import 'server-only';
import { mailConfig } from './config';
import type { Message } from './message';
import { openTransport } from './transport';

/** Whether this installation mails at all. */
export const mailConfigured = (): boolean => mailConfig() !== null;

/**
 * Mails one message at once and keeps nothing of it, for links whose secret must not lie in a queue. Rejects when the mail server
 * did not take it; there is no second try. Does nothing when mail is not configured. `subject` and `text` must hold no words of strangers.
 */
export async function sendMail(message: Omit<Message, 'messageId'>): Promise<void> {
  const config = mailConfig();
  if (!config) return;
  const transport = openTransport(config);
  try {
    await transport.send(message);
  } finally {
    transport.close();
  }
}
