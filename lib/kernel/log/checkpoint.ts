import { decodeBase64, encodeBase64 } from '../encoding';
import { isHashBytes } from './bytes';
import { parseDecimal } from './decimal';

/** The text of a checkpoint (C2SP tlog-checkpoint): which log, how many leaves, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Further lines, which no monitor can check; usually none. */
  readonly extensions: readonly string[];
}

/** Null when the text is not a checkpoint's. The text says nothing until its signature has been verified (`openCheckpoint`). */
export function parseCheckpointText(text: string): Checkpoint | null {
  if (!text.endsWith('\n')) return null;
  const lines = text.slice(0, -1).split('\n');
  const [origin, decimal, base64, ...extensions] = lines;
  if (origin === undefined || decimal === undefined || base64 === undefined || lines.includes('')) return null;
  const size = parseDecimal(decimal);
  const root = decodeBase64(base64);
  return size !== null && root && isHashBytes(root) ? { origin, size, root, extensions } : null;
}

/** The text to sign. Throws RangeError when it would not parse again. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  const text = [origin, String(size), encodeBase64(root), ...extensions].map((line) => `${line}\n`).join('');
  const again = parseCheckpointText(text);
  if (again?.origin !== origin || again.extensions.length !== extensions.length) {
    throw new RangeError('checkpoint.malformed');
  }
  return text;
}
