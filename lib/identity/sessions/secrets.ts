import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as base64url (43 characters): session secrets and the secrets of links. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256 of the secret's text, which is all the database keeps. A secret of 256 bits needs no slow hash. */
export const hashSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(secret, 'utf8').digest());

/** True for text of the form `newSecret` makes; anything else is refused before it reaches the database. */
export const isSecret = (text: unknown): text is string => typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text);
