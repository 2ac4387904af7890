import type { TurnedAway } from '@/lib/identity';

/** What an access policy asks for, said to whoever it turned away, and the way back in. */
export interface TurnedAwayWords {
  readonly title: string;
  readonly text: string;
  /** What helps: signing in anew, or something in the account first. Null when only another network does. */
  readonly way: 'sign-in' | 'passkey' | 'password' | null;
}

const span = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;

/** `of` is the organisation's name, or words for the provider; `passkeys` how many passkeys the person has in use. */
export function turnedAwayWords(found: TurnedAway, of: string, passkeys: number): TurnedAwayWords {
  switch (found.code) {
    case 'policy.session_idle':
      return {
        title: 'Sign in again',
        text: `${of} asks for a new sign-in after ${span(found.sessionIdleMinutes, 'minute')} without activity. This session paused for longer.`,
        way: 'sign-in',
      };
    case 'policy.session_expired':
      return {
        title: 'Sign in again',
        text: `${of} asks for a new sign-in ${span(found.sessionHours, 'hour')} after the last one, active or not.`,
        way: 'sign-in',
      };
    case 'policy.passkey_required':
      return {
        title: 'A passkey is needed',
        text: `${of} asks its people to sign in with a passkey; this session was opened with a code. ${
          passkeys > 0 ? 'Sign in again with yours.' : 'Add one to your account, then sign in with it.'
        }`,
        way: passkeys > 0 ? 'sign-in' : 'passkey',
      };
    case 'policy.factor_required':
      return {
        title: 'A device-bound passkey is needed',
        text: `${of} asks for a passkey that stays on one device, such as a security key; the one this session was opened with can be copied to others. Sign in with another one, or add one to your account first.`,
        way: 'passkey',
      };
    case 'policy.password_expired':
      return {
        title: 'A new password is needed',
        text: `${of} asks for a password that is at most ${span(found.passwordMaxAgeDays ?? 0, 'day')} old, and yours is older. Nothing else is wrong with it.`,
        way: 'password',
      };
    default:
      return {
        title: 'Not from this network',
        text: `${of} can be used from certain networks only. This request came from ${found.address}, which is not one of them. Connect through one of those, or ask an administrator who is inside.`,
        way: null,
      };
  }
}
