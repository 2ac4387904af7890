import type { EdgeRef, ProjectResource } from '../bundle/resources';
import type { Primitives } from '../primitives';
import type { ParsedToken } from '../token';
import type { PolicyView } from './policy-index';
import type { BundleVersion, JoinRequest } from './types';

/** What a decision is made from, besides the request and the time. An edge and the console's inspector fill it differently. */
export interface World {
  edge: Pick<EdgeRef, 'name' | 'region'>;
  index: PolicyView;
  /** Null: no bundle held yet; everything is refused. */
  bundle: BundleVersion | null;
  /** Unix milliseconds. Null means no lease was ever held and counts as run out; `Infinity` where leases do not apply. */
  leaseExpiresAt: number | null;
  /** Which enabled certificate signed the token. On an edge `matchCertificate`; in the console the keyring's answer. */
  matchCertificate(token: ParsedToken, project: ProjectResource, request: JoinRequest): string | null;
  primitives: Primitives;
  /** Accounts that used this token under a wildcard user, so that a revoked one cannot come back under another name. */
  usersOf?(tokenId: string): Iterable<string>;
}
