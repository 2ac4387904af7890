import { Agent, request } from 'node:http';
import { KeyringError } from './errors';
import type { Input, Operation, Output } from './protocol';
import type { RefusalCode } from './refusal';

/**
 * The longest an operation may take before the caller is told that the keyring is unavailable. Large snapshots get a second
 * more per MiB: opening and sealing ten thousand certificates is honest work, six regions at once.
 */
const TIMEOUT_MILLISECONDS = 3_000;
const TIMEOUT_MILLISECONDS_PER_MIB = 1_000;
const ANSWER_LIMIT_BYTES = 32 * 1024 * 1024;

export interface Keyring {
  /** Runs one operation. Throws `KeyringError`. An operation that timed out may still have happened. */
  call<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>>;
  /** Closes idle connections. */
  close(): void;
}

export function createKeyring({ socketPath, token }: { socketPath: string; token: string }): Keyring {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, maxFreeSockets: 4 });
  return {
    call: <O extends Operation>(operation: O, input: Input<O>) =>
      post(agent, socketPath, token, operation, input) as Promise<Output<O>>,
    close: () => agent.destroy(),
  };
}

function post(
  agent: Agent,
  socketPath: string,
  token: string,
  operation: string,
  input: unknown,
  again = true,
): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(input));
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(
      TIMEOUT_MILLISECONDS + Math.floor(body.length / 2 ** 20) * TIMEOUT_MILLISECONDS_PER_MIB,
    );
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const outgoing = request({ agent, socketPath, method: 'POST', path: `/v1/${operation}`, headers, signal });
    const fail = (cause: unknown) => reject(new KeyringError(null, { cause }));
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      // A kept connection may have been closed by a restarted keyring just now. Asking twice does no harm in any operation.
      if (again && outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
        post(agent, socketPath, token, operation, input, false).then(resolve, reject);
      } else fail(error);
    });
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_LIMIT_BYTES) outgoing.destroy(new Error('answer too large'));
        chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        const answer = parse(Buffer.concat(chunks).toString());
        if (answer === undefined) fail(new Error('answer is not JSON'));
        else if (response.statusCode === 200) resolve(answer);
        else reject(new KeyringError((answer as { code: RefusalCode }).code));
      });
    });
    outgoing.end(body);
  });
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
