import type { AssertionFault } from '../webauthn';

/** What is wrong with something that was signed about access. Closed; each has its words, fit for a person. */
export const ACCESS_FAULTS = {
  'approval.missing': 'the log says that this was signed, and there is no signature: never given, erased, or withheld',
  'approval.statement': 'the statement is none that is ever signed, or not what its event says',
  'approval.evidence': 'the evidence of the signature cannot be read',
  'approval.credential': 'the key is not one that was registered for this person, or was removed before',
  'approval.endorsement': 'nobody whose own passkey counts has endorsed the passkey in time',
  'approval.malformed': 'the signed data is no answer of a passkey',
  'approval.challenge': 'the signature is for another statement',
  'approval.origin': 'signed on another origin than the evidence says',
  'approval.relying_party': 'signed for another site',
  'approval.user_verification': 'the authenticator did not ask for PIN or biometric',
  'approval.signature': 'the signature is not by the registered key over exactly this',
  'approval.rule': 'it is signed, and does not count by the rules of access',
  'approval.delegation': 'given for somebody who had not delegated it to whoever gave it, by what is signed',
  'approval.standing': 'the log says that access was granted, and what was signed does not grant it',
} as const satisfies Record<`approval.${AssertionFault}`, string> & Record<string, string>;
export type AccessFaultCode = keyof typeof ACCESS_FAULTS;

export interface AccessFault {
  readonly code: AccessFaultCode;
  /** Of the event in the log. */
  readonly index: number;
  /** In our words and checked ids only. */
  readonly detail: string;
}

/** What does not fit together about the use of a grant. No proof of wrongdoing, and to be asked about. */
export const ACCESS_FINDINGS = {
  'session.unopened': 'a session began that nobody had confirmed',
  'session.after_end': 'a session began after the grant was over',
  'session.unrecorded': 'a session ended, and its screen record has no end',
  'login.missing': 'a session went to a host whose sshd says nothing of it',
  'login.unexplained': 'sshd let somebody in whom no session accounts for',
  'close.failed': 'a host did not say that nothing of the grant is left',
  'review.overdue': 'a break-glass was not looked at by two others within a day',
  'host.finding': 'a host reported what no grant accounts for',
} as const;
export type AccessFindingCode = keyof typeof ACCESS_FINDINGS;

export interface AccessFinding {
  readonly code: AccessFindingCode;
  readonly index: number;
}
