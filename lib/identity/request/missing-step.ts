import type { LiveSession } from '../sessions/sessions';

type Strength = Pick<LiveSession, 'aal' | 'realm' | 'raisedBy' | 'hasTotp' | 'passkeys'>;

/**
 * What is missing before a session is good for work, as the page that gives it; null when nothing is. A first session, one opened with
 * recovery codes and staff without a passkey in use set one up first. `cordon.require_work` decides again behind every act.
 */
export function missingStep({ aal, realm, raisedBy, hasTotp, passkeys }: Strength): '/second-factor' | '/enrol' | null {
  if (aal === 1) return passkeys > 0 || hasTotp ? '/second-factor' : '/enrol';
  if (raisedBy === 'recovery') return '/enrol';
  if (realm === 'customer' || raisedBy === 'passkey') return null;
  return passkeys > 0 ? '/second-factor' : '/enrol';
}
