import { defineErrors } from '@/lib/platform';

/** Refusals of this capability. */
export const errors = defineErrors({
  'employee.role': [403, 'Only an administrator of the provider may do this.'],
  'employee.not_found': [404, 'Not found.'],
  'employee.already': [409, 'An employee has this address already.'],
  'employee.invitation_pending': [409, 'An invitation for this address is waiting already.'],
  'employee.endorser': [403, 'Another administrator or security officer endorses a passkey, never its owner.'],
  'employee.confirm_again': [409, 'This confirmation is not good any more. Confirm again.'],
  'employee.self': [409, 'Ask another administrator to change your own role or status.'],
});
