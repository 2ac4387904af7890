import type { ServerResponse } from 'node:http';

/**
 * Cross-origin headers of the media endpoints. Any origin may ask, because no cookie is ever used: what admits is the
 * bearer token. The two explicit lists exist because of real players: one sends `ETag` as a request header, one decides
 * on trickle by reading Access-Control-Allow-Methods, which it can only do when that header is exposed.
 */
const METHODS = 'OPTIONS, POST, DELETE, PATCH';

export function setCors(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', METHODS);
  response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type, etag, if-match');
  response.setHeader(
    'Access-Control-Expose-Headers',
    'location, etag, link, retry-after, www-authenticate, access-control-allow-methods',
  );
}

export function preflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Max-Age', '7200');
  response.writeHead(204).end();
}
