import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'access-policy.stale': [409, 'Somebody else changed the policy meanwhile. Load the page again and decide anew.'],
  'access-policy.own_address': [422, 'Your own address is not inside these networks, so you would be turned away.'],
  'access-policy.own_factor': [
    422,
    'Your own session was not opened with this, so you would be turned away. Sign in with it first.',
  ],
  'access-policy.own_idle': [
    422,
    'Your own session paused for longer than this, so you would be turned away. Sign in again first.',
  ],
  'access-policy.own_hours': [
    422,
    'You signed in longer ago than this, so you would be turned away. Sign in again first.',
  ],
  'access-policy.own_password': [
    422,
    'Your own password is older than this, so you would be turned away. Change it first.',
  ],
});
