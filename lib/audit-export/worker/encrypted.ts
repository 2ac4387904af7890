import { Readable } from 'node:stream';
import { Encrypter } from 'age-encryption';

/**
 * A file encrypted to age public keys (https://age-encryption.org/v1), piece by piece; what is given itself when there are none. Errors of
 * what is given come through as they are.
 */
export async function* encrypted(
  recipients: readonly string[],
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (recipients.length === 0) {
    yield* chunks;
    return;
  }
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  yield* await encrypter.encrypt(Readable.toWeb(Readable.from(chunks)) as ReadableStream<Uint8Array>);
}
