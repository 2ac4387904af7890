import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'grant.not_found': [404, 'Not found.'],
  'grant.stale': [409, 'This form is older than half an hour. Open it again; what was signed on it does not count.'],
  'grant.not_ready': [403, 'Access to production takes records that are not there or have lapsed.'],
  'grant.not_designated': [403, 'The committee has not designated you for this, or the designation lapsed.'],
  'grant.not_eligible': [403, 'The policy does not allow this.'],
  'grant.locked': [403, 'Access is locked.'],
  'grant.lockbox': [403, 'A customer whose data is concerned admits nobody, except by break-glass.'],
  'grant.customers': [422, 'More customers would have to agree than one request can ask. Ask for fewer targets.'],
  'grant.review_overdue': [
    403,
    'A break-glass of yours waits for its review longer than 24 hours. Nothing new is opened until two others closed it.',
  ],
  'grant.terms': [
    422,
    'This cannot be asked for as it is written: one line, without odd characters, within the limits.',
  ],
  'grant.own': [403, 'Nobody answers their own request.'],
  'grant.role': [403, 'This role is not asked for here.'],
  'grant.minutes': [422, 'Fewer minutes than asked for, or as many; never more.'],
  'grant.decided': [409, 'This request is decided, withdrawn, or its time is over.'],
  'grant.over': [409, 'This is over already.'],
  'grant.not_active': [409, 'The grant is not active now.'],
  'grant.voted': [409, 'You gave your word on this already. One person counts once.'],
  'grant.not_yours': [403, 'This is somebody else’s.'],
  'grant.target': [422, 'This is not a target of the grant.'],
  'grant.public_key': [422, 'An ed25519 public key as ssh-keygen writes it, in one line: ssh-ed25519 AAAA….'],
  'grant.certificate': [
    503,
    'The session is confirmed, and the key service gives no certificate for it now. Confirm another one.',
  ],
  'grant.ticket': [
    503,
    'The session is confirmed, and the key service gives no ticket for it now. Confirm another one.',
  ],
  'grant.channel': [
    422,
    'A channel name has 1 to 63 of the documented characters, and no space at its ends. A session on a host has none.',
  ],
  'grant.no_project': [409, 'The project is not active, or has no certificate a token could be made with.'],
  'grant.keyring': [503, 'The key service does not answer. What is granted ends at its time; nothing new is opened.'],
  'grant.not_signed': [409, 'The key service holds no such signature. Open the page again.'],
  'target.exists': [409, 'There is a target of this name.'],
  'target.organisation': [422, 'No such organisation. Say whose data it holds by the ids of organisations.'],
  'policy.pattern': [422, 'Letters, digits, - _ . / # ( ) [ ] ? + * { } | only, and no nested repetition.'],
  'lock.lifted': [409, 'This lock is lifted.'],
});
