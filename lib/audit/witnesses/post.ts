/** One HTTP exchange with a witness, who may be slow or hostile. */
export interface Posted {
  status: number;
  type: string;
  text: string;
}

/** The whole exchange, as the log should not wait longer. */
const TIMEOUT_MILLISECONDS = 5_000;
/** Room for the lines of 64 keys. */
const MAX_ANSWER_BYTES = 65_536;

/** Null when nothing came whole within five seconds, or too much. Follows no redirection: the policy says where a witness is. */
export async function post(url: string, body: string): Promise<Posted | null> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), TIMEOUT_MILLISECONDS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: over.signal,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'accept-encoding': 'identity' },
    });
    const text = await limited(response);
    return text === null ? null : { status: response.status, type: response.headers.get('content-type') ?? '', text };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    // Whatever was not read is not waited for.
    over.abort();
  }
}

async function limited({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  // Latin letters only would do: a line that is no UTF-8 is no signature line.
  return bytes.toString('utf8');
}
