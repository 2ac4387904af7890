import { defineErrors } from '@/lib/platform';

export const fleetErrors = defineErrors({
  'cursor.invalid': [422, 'The cursor is not one of ours. Begin without it.'],
  'edge.role': [403, 'Only an administrator of the provider may do this.'],
  'edge.not_found': [404, 'Not found.'],
  'edge.name_taken': [409, 'An edge has this name already. Its own page issues a new join token.'],
  'edge.banned': [409, 'The edge is banned. A ban is final for its name: give the replacement another one.'],
});
