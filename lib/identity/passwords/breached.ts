import { createHash } from 'node:crypto';
import { fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, defineConfig } from '@/lib/platform';
import { HEADER_BYTES, positionsOf, readHeader, type Shape } from './bloom';

/**
 * The operator's own list of breached passwords (`CORDON_BREACHED_PASSWORDS`), as a Bloom filter built with `npx cordon passwords build`. Only the
 * few bytes a password points at are read, so a filter of gigabytes costs no memory, and nothing is asked of anybody else.
 */
const config = defineConfig(z.object({ CORDON_BREACHED_PASSWORDS: z.string().min(1).optional() }));

interface Filter extends Shape {
  readonly file: number;
}
let filter: Filter | null | undefined;

/** A list that was asked for and cannot be read is no reason to let everything pass: throws `ConfigError`, and no password can be set. */
function open(): Filter | null {
  const path = config().CORDON_BREACHED_PASSWORDS;
  if (!path) return null;
  try {
    const file = openSync(path, 'r');
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(file, header, 0, HEADER_BYTES, 0);
    const shape = readHeader(header);
    if (BigInt(fstatSync(file).size - HEADER_BYTES) * 8n !== shape.bits) throw new Error('the file is cut short');
    return { file, ...shape };
  } catch (error) {
    throw new ConfigError(`CORDON_BREACHED_PASSWORDS: ${(error as Error).message}.`, { cause: error });
  }
}

/** Whether the list holds this password (NFKC). One in a thousand others is refused by mistake, or as many as the filter was built for. */
export function breached(password: string): boolean {
  if (filter === undefined) filter = open();
  if (!filter) return false;
  const { file, bits, hashes } = filter;
  const byte = Buffer.alloc(1);
  return positionsOf(createHash('sha1').update(password, 'utf8').digest(), bits, hashes).every((position) => {
    readSync(file, byte, 0, 1, HEADER_BYTES + Number(position >> 3n));
    return (byte[0]! & (1 << Number(position & 7n))) !== 0;
  });
}
