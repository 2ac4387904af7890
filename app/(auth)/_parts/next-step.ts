import { type LiveSession, missingStep } from '@/lib/identity';

/**
 * What is left to do before this session can work: give a factor, set one up, wait for a passkey of the staff to be endorsed, or nothing. While
 * one waits there is nothing else to set up.
 */
export function nextStep(who: LiveSession): 'second-factor' | 'enrol' | 'wait' | 'through' {
  const missing = missingStep(who);
  if (!missing) return 'through';
  if (missing === '/second-factor') return 'second-factor';
  return who.passkeysPending > 0 ? 'wait' : 'enrol';
}
