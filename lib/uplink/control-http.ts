import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect, type PeerCertificate } from 'node:tls';

/**
 * The few HTTPS requests an edge makes of control. Control is known by its certificate's URI name and the pinned edge CA,
 * never by host name, so it may move.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  constructor(
    /** `control.unreachable`, `control.fingerprint` or the code control answered with. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const CONTROL_NAME = 'URI:spiffe://cordon/control';
const TIMEOUT_MILLISECONDS = 10_000;
const MAX_ANSWER = 256 * 1024;

/** For TLS options: undefined when the peer is control. */
export function checkControl(_host: string, certificate: PeerCertificate): Error | undefined {
  const names = (certificate.subjectaltname ?? '').split(', ');
  return names.includes(CONTROL_NAME) ? undefined : new ControlError('control.name', 'the peer is not control');
}

/** Reads the edge CA from control's handshake and keeps it only if its SHA-256 is the pinned one. PEM. */
export function fetchAuthority(controlUrl: string, fingerprint: string): Promise<string> {
  const url = new URL(controlUrl);
  return new Promise((resolve, reject) => {
    // Nothing is sent on this connection: it only shows the chain, which is then judged by the pin.
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 443),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      timeout: TIMEOUT_MILLISECONDS,
    });
    const fail = (code: string, message: string): void => {
      socket.destroy();
      reject(new ControlError(code, message));
    };
    socket.once('secureConnect', () => {
      const leaf = socket.getPeerCertificate(true);
      const authority = leaf.issuerCertificate?.raw;
      socket.destroy();
      if (!authority || createHash('sha256').update(authority).digest('hex') !== fingerprint)
        return fail('control.fingerprint', 'the authority shown by control is not the pinned one');
      resolve(new X509Certificate(authority).toString());
    });
    socket.once('timeout', () => fail('control.unreachable', 'no answer in time'));
    socket.once('error', (error) => fail('control.unreachable', error.message));
  });
}

/** POSTs JSON. @throws ControlError. */
export function post(
  url: string,
  options: { authority: string; client?: { key: string; certificate: string }; body: unknown },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: 'POST',
        agent: false,
        ca: options.authority,
        ...(options.client && { key: options.client.key, cert: options.client.certificate }),
        minVersion: 'TLSv1.3',
        checkServerIdentity: checkControl,
        timeout: TIMEOUT_MILLISECONDS,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > MAX_ANSWER) call.destroy(new Error('answer too long'));
          else chunks.push(chunk);
        });
        response.on('error', (error) => reject(new ControlError('control.unreachable', error.message)));
        response.on('end', () => {
          const answer = parse(Buffer.concat(chunks));
          if (response.statusCode === 200 && answer) resolve(answer);
          else reject(new ControlError(String(answer?.code ?? 'control.refused'), `status ${response.statusCode}`));
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', (error) => reject(new ControlError('control.unreachable', error.message)));
    call.end(JSON.stringify(options.body));
  });
}

function parse(bytes: Buffer): Record<string, unknown> | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
