import type { LedgerRefusal } from '@/lib/kernel/grant';

/** Why an operation was not done. The code goes to the client and the log; nothing else about the request does. */
export type RefusalCode =
  /** Of lib/kernel/grant: what was signed about production does not count. */
  | LedgerRefusal
  | 'request.unauthenticated'
  | 'request.forbidden'
  | 'request.unknown_operation'
  | 'request.too_large'
  | 'request.invalid'
  | 'request.busy'
  | 'sealed.unreadable'
  | 'ticket.refused'
  | 'totp.throttled'
  | 'passkey.refused'
  | 'passkey.registered'
  | 'passkey.throttled'
  | 'passkey.device_bound_required'
  | 'token.refused'
  | 'csr.refused'
  | 'certificate.refused'
  | 'policy.backwards'
  | 'policy.base_unknown'
  | 'policy.jump'
  | 'policy.not_head'
  | 'policy.lease'
  | 'policy.outside_fence'
  | 'internal';

const STATUS: Readonly<Record<Exclude<RefusalCode, LedgerRefusal>, number>> = {
  'request.unauthenticated': 401,
  'request.forbidden': 403,
  'request.unknown_operation': 404,
  'request.too_large': 413,
  'request.invalid': 400,
  'request.busy': 429,
  'sealed.unreadable': 422,
  'ticket.refused': 403,
  'totp.throttled': 429,
  'passkey.refused': 422,
  'passkey.registered': 409,
  'passkey.throttled': 429,
  'passkey.device_bound_required': 403,
  'token.refused': 422,
  'csr.refused': 422,
  'certificate.refused': 422,
  'policy.backwards': 409,
  'policy.base_unknown': 409,
  'policy.jump': 409,
  'policy.not_head': 409,
  'policy.lease': 422,
  'policy.outside_fence': 422,
  internal: 500,
};

const LEDGER_STATUS = 409;

export class Refusal extends Error {
  readonly status: number;

  constructor(readonly code: RefusalCode) {
    super(code);
    this.name = 'Refusal';
    this.status = Object.hasOwn(STATUS, code) ? STATUS[code as keyof typeof STATUS] : LEDGER_STATUS;
  }
}
