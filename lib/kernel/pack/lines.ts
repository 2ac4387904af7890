import { MAX_LINE_BYTES } from '../log';
import { joined } from './bytes';
import { malformed } from './faults';

const NEWLINE = 0x0a;

/**
 * Cuts an NDJSON file into pieces of whole lines, with the memory of one chunk and one line. Every line ends in a newline, also the last; a
 * piece goes without the newline of its last. Pieces are of use until the next is asked for. Throws PackFault.
 */
export async function* piecesOf(file: string, data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of data) {
    const bytes = rest.length === 0 ? chunk : joined([rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE);
    // A copy: the host may use the chunk again.
    rest = bytes.slice(end + 1);
    if (rest.length > MAX_LINE_BYTES) throw malformed('a line is too long', file);
    if (end >= 0) yield bytes.subarray(0, end);
  }
  if (rest.length > 0) throw malformed('the last line does not end', file);
}
