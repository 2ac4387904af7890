import { Encrypter } from 'age-encryption';
import { exportErrors } from './errors';

/**
 * Whether a file can be encrypted to every one of these: it is tried, with nothing in it, so that a wrong checksum or a point nobody has the key
 * of is found when it is asked for. Throws `export.recipient`.
 */
export async function checkRecipients(recipients: readonly string[]): Promise<void> {
  for (const recipient of recipients) {
    try {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      await encrypter.encrypt('');
    } catch (cause) {
      throw exportErrors('export.recipient', { cause, why: recipient, field: 'recipients' });
    }
  }
}
