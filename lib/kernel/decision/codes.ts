/**
 * Every reason an edge gives, in one table: the stable code, the rule it belongs to, the HTTP status on WHIP and WHEP,
 * what it says to a person and what to do next. 400 and 406 are never used for refusals: players read them as a
 * request to negotiate differently.
 */
export const DENY_CODES = {
  'rate.limited': {
    rule: 'rate',
    status: 429,
    says: 'Too many attempts from this address.',
    next: 'Wait for the time in Retry-After.',
  },
  'request.invalid': {
    rule: 'request',
    status: 422,
    says: 'The request is not well formed.',
    next: 'Fix the field named in the detail.',
  },
  'channel.invalid': {
    rule: 'request',
    status: 422,
    says: 'The channel name is not allowed.',
    next: 'Use 1 to 63 bytes of the documented characters.',
  },
  'account.invalid': {
    rule: 'request',
    status: 422,
    says: 'The user name is not allowed.',
    next: 'Use a uid from 1 to 4294967295 or an account of at most 255 bytes.',
  },
  'sdp.invalid': {
    rule: 'request',
    status: 422,
    says: 'The session description cannot be used.',
    next: 'Fix the line named in the detail.',
  },
  'token.missing': {
    rule: 'form',
    status: 401,
    says: 'No token was sent, and this project requires one.',
    next: 'Send the token as a Bearer token.',
  },
  'token.too_large': {
    rule: 'form',
    status: 401,
    says: 'The token is longer than any valid token.',
    next: 'Send a token of at most 8192 characters that inflates to at most 65536 bytes.',
  },
  'token.malformed': {
    rule: 'form',
    status: 401,
    says: 'The token cannot be read.',
    next: 'Build it with an official token builder.',
  },
  'token.version_unsupported': {
    rule: 'form',
    status: 401,
    says: 'This token version is not accepted.',
    next: 'Use version 007.',
  },
  'project.unknown': {
    rule: 'project',
    status: 404,
    says: 'This App ID is not known here.',
    next: 'Check the App ID.',
  },
  'project.frozen': {
    rule: 'project',
    status: 403,
    says: 'The project is frozen.',
    next: 'Unfreeze it in the console.',
  },
  'project.archived': {
    rule: 'project',
    status: 403,
    says: 'The project is archived.',
    next: 'Restore it in the console.',
  },
  'policy.missing': { rule: 'policy', status: 503, says: 'This edge holds no policy yet.', next: 'Try again shortly.' },
  'policy.stale': {
    rule: 'policy',
    status: 503,
    says: 'The policy of this edge is older than the project allows.',
    next: 'Try again when the edge has reached control.',
  },
  'policy.generation': {
    rule: 'policy',
    status: 503,
    says: 'The edges disagree on who serves this channel.',
    next: 'Try again shortly.',
  },
  'fence.region_denied': {
    rule: 'fence',
    status: 403,
    says: "This edge's region is outside the project's fence.",
    next: 'Join at one of the allowed edges.',
  },
  'token.legacy_forbidden': {
    rule: 'signature',
    status: 403,
    says: 'The project does not accept version 006.',
    next: 'Use version 007 or allow 006 in the token policy.',
  },
  'token.wrong_project': {
    rule: 'signature',
    status: 403,
    says: 'The token was made for another project.',
    next: 'Use a token of this App ID.',
  },
  'token.signature': {
    rule: 'signature',
    status: 403,
    says: 'The signature matches no enabled certificate.',
    next: 'Sign with the primary or secondary certificate.',
  },
  'token.wrong_channel': {
    rule: 'audience',
    status: 403,
    says: 'The token was made for another channel.',
    next: 'Use a token for this channel.',
  },
  'token.wrong_account': {
    rule: 'audience',
    status: 403,
    says: 'The token was made for another user.',
    next: 'Use a token for this user.',
  },
  'token.wildcard_forbidden': {
    rule: 'audience',
    status: 403,
    says: 'The project forbids wildcard tokens.',
    next: 'Name the channel and the user in the token.',
  },
  'token.not_yet_valid': {
    rule: 'time',
    status: 403,
    says: 'The token was issued in the future.',
    next: 'Check the clock of the app server.',
  },
  'token.expired': { rule: 'time', status: 403, says: 'The token has expired.', next: 'Use a fresh token.' },
  'revoked.token': {
    rule: 'revocation',
    status: 403,
    says: 'The token is revoked.',
    next: 'Use a token issued after the time in the detail.',
  },
  'revoked.user': {
    rule: 'revocation',
    status: 403,
    says: 'The user is revoked.',
    next: 'Use a token issued after the time in the detail.',
  },
  'revoked.channel': {
    rule: 'revocation',
    status: 403,
    says: 'The channel is revoked.',
    next: 'Use a token issued after the time in the detail.',
  },
  'revoked.certificate': {
    rule: 'revocation',
    status: 403,
    says: 'Tokens of this certificate are revoked.',
    next: 'Sign with the other certificate, or after the time in the detail.',
  },
  'revoked.project': {
    rule: 'revocation',
    status: 403,
    says: "The project's tokens are revoked.",
    next: 'Use a token issued after the time in the detail.',
  },
  'observer.no_grant': {
    rule: 'observer',
    status: 403,
    says: 'No grant of the provider is active for watching here.',
    next: 'Names that begin so are for the provider alone. Use another one.',
  },
  'observer.late': {
    rule: 'observer',
    status: 403,
    says: 'The time to join with this token is over.',
    next: 'Confirm another session.',
  },
  'observer.used': {
    rule: 'observer',
    status: 403,
    says: 'This token was used to join before.',
    next: 'Confirm another session.',
  },
  'privilege.join_missing': {
    rule: 'privilege',
    status: 403,
    says: 'The token does not allow joining.',
    next: 'Add the join privilege.',
  },
  'privilege.publish_missing': {
    rule: 'privilege',
    status: 403,
    says: 'The token does not allow publishing this kind.',
    next: 'Add the publish privilege.',
  },
  'privilege.expired': { rule: 'time', status: 403, says: 'The privilege has expired.', next: 'Use a fresh token.' },
  'engine.unavailable': {
    rule: 'engine',
    status: 503,
    says: 'The media engine is restarting.',
    next: 'Try again in a moment.',
  },
  'session.unknown': { rule: 'session', status: 404, says: 'No such session.', next: 'Join again.' },
} as const satisfies Record<string, { rule: string; status: number; says: string; next: string }>;

export type DenyCode = keyof typeof DENY_CODES;
export type Rule = (typeof DENY_CODES)[DenyCode]['rule'];
