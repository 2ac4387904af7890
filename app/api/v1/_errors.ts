import { apiKeyErrors } from '@/lib/api-keys';
import { authzErrors, tenantErrors } from '@/lib/authz';
import { fleetErrors } from '@/lib/fleet';
import { identityErrors } from '@/lib/identity';
import { CordonError, defineErrors } from '@/lib/platform';
import { policyErrors } from '@/lib/policy';
import { projectErrors } from '@/lib/projects';
import { tokenErrors } from '@/lib/tokens';

/** Refusals of the interface itself, before any capability is asked. */
export const apiErrors = defineErrors({
  'request.malformed': [400, 'The body is not JSON.'],
  'request.too_large': [413, 'The body is larger than 64 KiB.'],
  'request.media_type': [415, 'Send application/json.'],
  'request.invalid': [422, 'The request does not fit its description.'],
  'origin.forbidden': [403, 'Tokens are made for servers. A browser must not hold an API key.'],
  'rate.limited': [429, 'Too many requests with this key. Wait for the time in Retry-After.'],
});

/** Refusals that come from below the capabilities. */
const below = defineErrors({
  'key.invalid': [401, 'The API key is not valid.'],
  'keyring.unavailable': [503, 'Keys cannot be used right now. Try again in a moment.'],
  internal: [500, 'Something went wrong on our side.'],
});

const tables = [
  apiErrors,
  below,
  authzErrors,
  tenantErrors,
  apiKeyErrors,
  fleetErrors,
  identityErrors,
  policyErrors,
  projectErrors,
  tokenErrors,
];

/** Status and words of a code, for the description of the interface. Throws for a code nobody declares. */
export function describeError(code: string): { status: number; title: string } {
  const table = tables.find(({ codes }) => (codes as readonly string[]).includes(code));
  const error = table && (table as (code: string) => CordonError)(code);
  if (!(error instanceof CordonError)) throw new Error(`no table declares the error ${code}`);
  return { status: error.status, title: error.publicMessage };
}
