/**
 * Auditors of an organisation come for a while and may be bounded to some projects and a time of events. The database ends and bounds their
 * access (migration 0022); here the terms are set. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import type { Source } from '@/lib/authz';
import { type AuditorTerms, termsOf } from './rules';
import type { TermsInput } from './schemas';
import * as store from './store';

export { errors as auditorErrors } from './errors';
export { type AuditorTerms, isBounded, scopeOfRow, termsEvent, termsOf, termsRow } from './rules';

/** One's own terms, as they stand now; null for members who are no auditors. */
export const ownTerms = (secret: string, organisationId: string): Promise<AuditorTerms | null> =>
  store.own(secret, organisationId);

/**
 * Gives an auditor other terms, from their next request on; also after their access ended. Owners and administrators. Throws
 * `auditor.not_found`, `auditor.role`, `auditor.until`, `auditor.range`, `auditor.projects`.
 */
export const changeTerms = (
  secret: string,
  organisationId: string,
  membershipId: string,
  input: TermsInput,
  now: Date,
  source?: Source,
): Promise<void> => store.setTerms(secret, organisationId, membershipId, termsOf(input, now), source);

/** Ends an auditor's access at once; open pages close. Throws `auditor.not_found`, `auditor.role`. */
export const endAccess = (
  secret: string,
  organisationId: string,
  membershipId: string,
  source?: Source,
): Promise<void> => store.end(secret, organisationId, membershipId, source);
