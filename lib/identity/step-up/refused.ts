import type { LedgerRefusal } from '@/lib/kernel/grant';
import { errors } from '../errors';

/** Why the keyring's ledger (lib/kernel/grant) does not count what was signed, in words for whoever signed it. */
const WORDS: Record<LedgerRefusal, string> = {
  'committee.not_member': 'Only members of the committee vote, and of the first one those it names.',
  'committee.self': 'Nobody votes on themselves.',
  'committee.other_terms': 'This decision was proposed in other terms. Open it again.',
  'committee.voted': 'You voted on this already.',
  'committee.over': 'The time until which it would hold is over already.',
  'committee.quorum': 'Too few members are left to take this decision.',
  'grant.terms': 'What was signed is not what this act asks for. Open the page again.',
  'grant.device_bound': 'This takes a passkey that cannot leave its device. Yours is synced.',
  'grant.realm': 'This is for employees of the provider.',
  'grant.exists': 'This was signed already. Open the page again.',
  'grant.unknown': 'The keyring knows no such request.',
  'grant.not_designated': 'The committee has not designated you for this, or the designation lapsed.',
  'grant.stand_in': 'The committee has designated this person for nothing, so they stand in for nobody.',
  'grant.overlap': 'You have a stand-in for this role in that time already. End that one first.',
  'grant.not_delegated': 'No delegation runs by which you answer for this person.',
  'grant.person':
    'Nobody agrees to their own request, stands in for its person or for themselves, or acts under another person’s grant.',
  'grant.role': 'This role is not asked for here, or is not yours to speak for.',
  'grant.decided': 'This request is decided, withdrawn, or its time is over.',
  'grant.other_terms': 'What was signed is not what was asked for. Nothing may be added; only minutes may be fewer.',
  'grant.voted': 'You gave your word on this already. One person counts once.',
  'grant.review_overdue':
    'A break-glass of yours waits for its review longer than 24 hours. Nothing new is opened until two others closed it.',
  'grant.not_active': 'The grant is not active now.',
  'grant.total': 'With this extension the grant would last longer than is allowed in all.',
  'grant.target': 'This is not a target of the grant.',
};

/** `why` is the ledger's code, which is stable. */
export const actRefused = (code: string, cause: unknown) =>
  errors('identity.act_refused', { why: `${(WORDS as Record<string, string>)[code] ?? ''} (${code})`.trim(), cause });
