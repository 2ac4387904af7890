import { apiErrors } from './_errors';

const LIMIT_BYTES = 64 * 1024;

/** The body as bytes, read no further than the limit. Throws `request.too_large`. */
export async function readBody(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > LIMIT_BYTES) throw apiErrors('request.too_large');
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LIMIT_BYTES) {
      await reader.cancel();
      throw apiErrors('request.too_large');
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/** JSON in UTF-8. Throws `request.media_type`, `request.malformed`. */
export function parseJson(request: Request, bytes: Uint8Array): unknown {
  const [type] = (request.headers.get('content-type') ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json') throw apiErrors('request.media_type');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw apiErrors('request.malformed');
  }
}
