import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * What one edge tells the home edge beside the client's own request. Read only on the mutual-TLS listener; on the public
 * one these headers are text like any other and are ignored.
 */
export interface RelayedRequest {
  /** Generation of the `edges` resource at the edge that relays. */
  generation: number;
  clientAddress: string;
  traceId: string;
}

export function relayHeaders(request: RelayedRequest): Record<string, string> {
  return {
    'x-cordon-generation': String(request.generation),
    'x-cordon-client-address': request.clientAddress,
    'x-cordon-trace': request.traceId,
  };
}

export function readRelayHeaders(headers: IncomingHttpHeaders): RelayedRequest | null {
  const generation = headers['x-cordon-generation'];
  const clientAddress = headers['x-cordon-client-address'];
  const traceId = headers['x-cordon-trace'];
  if (typeof generation !== 'string' || !/^\d{1,15}$/.test(generation)) return null;
  if (typeof clientAddress !== 'string' || isIP(clientAddress) === 0) return null;
  if (typeof traceId !== 'string' || !/^[0-9a-f]{32}$/.test(traceId)) return null;
  return { generation: Number(generation), clientAddress, traceId };
}
