import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { PeerCertificate } from 'node:tls';
import { WebSocket } from 'ws';
import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import { type EdgeIdentity, edgePeerOf } from './identity';

/**
 * The dialling side of the relay. The certificate of the answering edge must be of the edge CA and name exactly the edge
 * and region that the signed `edges` resource names; host names play no part.
 */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const TIMEOUT_MILLISECONDS = 10_000;
const MAX_ANSWER_BYTES = 262_144;

export class Dialler {
  readonly #identity: () => EdgeIdentity | null;
  #agent: { cert: string; agent: Agent } | null = null;

  constructor(identity: () => EdgeIdentity | null) {
    this.#identity = identity;
  }

  /** @throws when the home edge cannot be reached, is not who the bundle says, or answers too late or too much. */
  send(home: EdgeRef, method: string, path: string, headers: Record<string, string>, body: Buffer): Promise<Answer> {
    const identity = this.#required();
    return new Promise((resolve, reject) => {
      const sent = request(
        `https://${home.relay}${path}`,
        {
          method,
          headers: { ...headers, 'content-length': String(body.length) },
          agent: this.#agentFor(identity),
          ...tlsOptions(identity, home),
          timeout: TIMEOUT_MILLISECONDS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER_BYTES) sent.destroy(new Error('the home edge answered too much'));
            else chunks.push(chunk);
          });
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('the home edge did not answer in time')));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** A socket to the home edge's `/v1/connect`; the caller listens for `open` and `error`. */
  connect(home: EdgeRef, headers: Record<string, string>, maxPayload: number): WebSocket {
    return new WebSocket(`wss://${home.relay}/v1/connect`, {
      headers,
      maxPayload,
      perMessageDeflate: false,
      handshakeTimeout: TIMEOUT_MILLISECONDS,
      ...tlsOptions(this.#required(), home),
    });
  }

  stop(): void {
    this.#agent?.agent.destroy();
    this.#agent = null;
  }

  #required(): EdgeIdentity {
    const identity = this.#identity();
    if (!identity) throw new Error('this edge holds no certificate yet');
    return identity;
  }

  #agentFor(identity: EdgeIdentity): Agent {
    if (this.#agent?.cert !== identity.cert) {
      this.#agent?.agent.destroy();
      // Without a session cache a resumed connection never skips the identity check.
      this.#agent = {
        cert: identity.cert,
        agent: new Agent({ keepAlive: true, maxSockets: 16, maxCachedSessions: 0 }),
      };
    }
    return this.#agent.agent;
  }
}

function tlsOptions(identity: EdgeIdentity, home: EdgeRef) {
  return {
    ...identity,
    minVersion: 'TLSv1.3' as const,
    // A name, so that connections to two edges behind one address are never shared.
    servername: `${home.name}.edge.invalid`,
    checkServerIdentity: (_host: string, certificate: PeerCertificate): Error | undefined => {
      const peer = edgePeerOf(certificate);
      return peer?.name === home.name && peer.region === home.region
        ? undefined
        : new Error(`the edge at ${home.relay} is not ${home.name} in ${home.region}`);
    },
  };
}
