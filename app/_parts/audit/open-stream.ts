import 'server-only';
import type { Params } from '@/app/_ui/query';
import { describeStream, type Streamer, streamErrors } from '@/lib/audit-stream';
import type { StreamDetail } from '@/lib/audit-stream/schemas';

/** The stream that the address opens; null when it names none, or one that is gone by now. */
export async function openStream(as: Streamer, { stream }: Params): Promise<StreamDetail | null> {
  if (typeof stream !== 'string') return null;
  try {
    return await describeStream(as, stream);
  } catch (error) {
    if (streamErrors.is(error) && error.code === 'stream.not_found') return null;
    throw error;
  }
}
