import { defineErrors } from '@/lib/platform';

/** Refusals of this capability. What belongs to somebody else is `project.not_found` of lib/authz, or this 404, the same as unknown. */
export const projectErrors = defineErrors({
  'project.state': [409, 'This cannot be done with the project as it is.'],
  'certificate.not_found': [404, 'Not found.'],
  'certificate.state': [409, 'This cannot be done with the certificate as it is.'],
  'certificate.sealed': [503, 'The certificate could not be opened. Try again.'],
  'cursor.invalid': [422, 'The cursor is not one of ours. Begin without it.'],
});
