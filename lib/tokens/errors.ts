import { defineErrors } from '@/lib/platform';

export const tokenErrors = defineErrors({
  'token.project_state': [409, 'No edge would accept tokens of this project now.'],
  'token.no_certificate': [409, 'The project has no enabled certificate to sign with.'],
  'token.lifetime': [422, 'The project does not allow tokens to live that long.'],
  'token.wildcard_forbidden': [422, 'The project forbids wildcard tokens.'],
  'token.refused': [422, 'The token cannot be made as described.'],
  'edge.not_found': [404, 'There is no such edge.'],
});
