import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

/**
 * A request put together by hand, as an attacker would: nothing is added, folded or followed. The connection always goes to
 * 127.0.0.1; which console is meant, the Host header says.
 */
export interface Sent {
  origin: string;
  method?: string;
  /** With its query; sent as it stands, so an absolute-form target is possible too. */
  path: string;
  /** `null` leaves out what would be sent otherwise. A list sends the header several times. */
  headers?: Record<string, string | string[] | null>;
  body?: Uint8Array | string;
}

export interface Received {
  status: number;
  headers: Record<string, string>;
  setCookies: string[];
  body: string;
}

export function send({ origin, method = 'GET', path, headers = {}, body }: Sent): Promise<Received> {
  const { protocol, host, port } = new URL(origin);
  const all: Record<string, string | string[] | null> = {
    host,
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().flatMap((each) => [name, each]),
  );
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? secure : plain)(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: lines as never,
        setHost: false,
        agent: false,
        rejectUnauthorized: false,
        ...(protocol === 'https:' ? { servername: 'localhost' } : {}),
        timeout: 30_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        // A stream without an end: what it begins with is enough.
        if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('close', () => {
          const { 'set-cookie': setCookies = [], ...rest } = response.headers;
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
            setCookies,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    request.once('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.once('error', reject);
    request.end(body);
  });
}
