import { castLine, type Head, headText, RecordingVerifier } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import type { RecordingFormat } from './schemas';

/** The bytes of a record, or of a copy, in the formats in which they are taken away. */
export interface RecordingDownload {
  name: string;
  stream(): ReadableStream<Uint8Array>;
}

/** Where the bytes come from, and what the audit log says of them. */
export interface RecordingBytes {
  readonly name: string;
  chunks(): AsyncGenerator<Uint8Array>;
  readonly heads: readonly Head[];
}

/** `title` stands in the header of a cast: whom it was shown to, and when. The other formats are what was committed to, and have no room. */
export function downloadOf(of: RecordingBytes, format: RecordingFormat, title?: string): RecordingDownload {
  const bytes = { rec: () => of.chunks(), cast: () => castOf(of.chunks(), title), heads: () => textOf(of.heads) };
  return { name: `${of.name}.${format}`, stream: () => streamOf(bytes[format]()) };
}

async function* castOf(chunks: AsyncIterable<Uint8Array>, title?: string): AsyncGenerator<Uint8Array> {
  const lines: Uint8Array[] = [];
  const verifier = new RecordingVerifier(primitives, {
    running: true,
    row: (_, line) => {
      if (!line) return;
      const bytes = castLine(line);
      lines.push(title !== undefined && 'header' in line ? titled(bytes, title) : bytes);
    },
  });
  for await (const chunk of chunks) {
    const good = verifier.push(chunk);
    if (lines.length > 0) yield Buffer.concat(lines.splice(0));
    // A download that breaks is seen; one that is short is not.
    if (!good) throw new Error('the record is not what was committed to');
  }
}

const titled = (header: Uint8Array, title: string): Uint8Array =>
  Buffer.from(`${JSON.stringify({ ...JSON.parse(Buffer.from(header).toString()), title })}\n`);

async function* textOf(heads: readonly Head[]): AsyncGenerator<Uint8Array> {
  for (const head of heads) yield Buffer.from(`${headText(head)}\n`);
}

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
