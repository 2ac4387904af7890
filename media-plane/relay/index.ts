import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import type { DenyCode } from '@/lib/kernel/decision/codes';
import type { PolicyIndex } from '@/lib/kernel/decision/policy-index';
import { type Log, messageOf } from '../log';
import { type Answer, Dialler } from './dial';
import { type RelayedRequest, relayHeaders } from './headers';
import type { EdgeIdentity, EdgePeer } from './identity';

/**
 * Signalling between edges. A channel lives at one home edge; another edge inside the fence hands the client's request to
 * it over mutual TLS and hands the answer back. Media then flows straight between the client and the home edge. One hop:
 * what arrives here is never passed on again.
 */
export interface RelayOptions {
  edge: Pick<EdgeRef, 'name' | 'region'>;
  index: PolicyIndex;
  identity: () => EdgeIdentity | null;
  /** The home of a channel; null when it is this edge. */
  home: (appId: string, channel: string) => EdgeRef | null;
  log: Log;
}

/** Headers of a client's request that the home edge needs. */
const PASSED_ON = ['authorization', 'content-type', 'if-match'] as const;
/** Headers of the home's answer that the client needs. */
const PASSED_BACK = [
  'content-type',
  'location',
  'etag',
  'retry-after',
  'www-authenticate',
  'allow',
  'accept-post',
  'accept-patch',
] as const;
const MAX_SESSIONS = 20_000;

export class Relay {
  readonly #options: RelayOptions;
  readonly #dialler: Dialler;
  /** Sessions made through this edge, for clients that send DELETE and PATCH here instead of to the Location. */
  readonly #homes = new Map<string, string>();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#dialler = new Dialler(options.identity);
  }

  get generation(): number {
    return this.#options.index.edges?.generation ?? 0;
  }

  /**
   * Why a relayed request cannot be served here: the two edges hold different sets of edges, or agree on the set and yet
   * not on the home, or the edge that relays lies outside the project's fence. Null when it can, and for direct requests.
   */
  disagreement(
    appId: string,
    channel: string,
    relayed: (RelayedRequest & { from: EdgePeer }) | null,
  ): { code: DenyCode; detail: string } | null {
    if (!relayed) return null;
    if (relayed.generation !== this.generation) {
      return {
        code: 'policy.generation',
        detail: `The edges hold generations ${relayed.generation} and ${this.generation}.`,
      };
    }
    const fence = this.#options.index.app(appId)?.fence;
    if (fence && !fence.regions.includes(relayed.from.region)) {
      return {
        code: 'fence.region_denied',
        detail: `The edge that relays is in ${relayed.from.region}, outside the fence.`,
      };
    }
    return this.#options.home(appId, channel) === null
      ? null
      : { code: 'policy.generation', detail: 'This edge is not the home of the channel.' };
  }

  /** Whether the bundle knows the edge a certificate names, in the region it names. */
  knows(peer: EdgePeer): boolean {
    return (
      this.#options.index.edges?.edges.some(({ name, region }) => name === peer.name && region === peer.region) ?? false
    );
  }

  /** Hands a request to the home edge. Null when it could not be reached. */
  async post(
    home: EdgeRef,
    request: IncomingMessage,
    body: Buffer,
    about: { address: string; traceId: string; path: string },
  ): Promise<{ send: (response: ServerResponse) => void } | null> {
    const headers = relayHeaders({ generation: this.generation, clientAddress: about.address, traceId: about.traceId });
    for (const name of PASSED_ON) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    try {
      const answer = await this.#dialler.send(home, request.method ?? 'POST', about.path, headers, body);
      this.#remember(answer, home);
      return { send: (response) => sendAnswer(answer, response) };
    } catch (error) {
      this.#options.log('warn', 'relay failed', { home: home.name, traceId: about.traceId, error: messageOf(error) });
      return null;
    }
  }

  /** A socket to the home edge. @throws when this edge holds no certificate. */
  connect(home: EdgeRef, about: { address: string; traceId: string }, maxPayload: number): WebSocket {
    const headers = relayHeaders({ generation: this.generation, clientAddress: about.address, traceId: about.traceId });
    return this.#dialler.connect(home, headers, maxPayload);
  }

  homeOfSession(id: string): EdgeRef | null {
    const name = this.#homes.get(id);
    return this.#options.index.edges?.edges.find((edge) => edge.name === name) ?? null;
  }

  stop(): void {
    this.#dialler.stop();
  }

  #remember(answer: Answer, home: EdgeRef): void {
    const id = answer.status === 201 ? /\/session\/([\w-]+)$/.exec(answer.headers.location ?? '')?.[1] : undefined;
    if (id === undefined) return;
    this.#homes.set(id, home.name);
    if (this.#homes.size > MAX_SESSIONS) {
      const oldest = this.#homes.keys().next().value;
      if (oldest !== undefined) this.#homes.delete(oldest);
    }
  }
}

function sendAnswer(answer: Answer, response: ServerResponse): void {
  for (const name of PASSED_BACK) {
    const value = answer.headers[name];
    if (typeof value === 'string') response.setHeader(name, value);
  }
  response.setHeader('Content-Length', answer.body.length);
  response.writeHead(answer.status).end(answer.body);
}
