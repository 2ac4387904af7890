import type { StalenessResource, TokenPolicyResource } from '../bundle/resources';

/** No token lives longer than this, whatever it or the project says. */
export const MAX_LIFETIME_SECONDS = 86_400;

/** Used when a bundle holds a project without its token policy: the strictest reading, never a looser one. */
export const STRICT_TOKEN_POLICY: Omit<TokenPolicyResource, 'kind' | 'id' | 'version'> = {
  maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
  wildcardChannel: false,
  wildcardUser: false,
  legacy006: false,
  clockSkewSeconds: 30,
};

export const DEFAULT_STALENESS: Omit<StalenessResource, 'kind' | 'id' | 'version'> = { joinSeconds: 86_400 };

export type TokenRules = Omit<TokenPolicyResource, 'kind' | 'id' | 'version'>;
