import { inspectToken, mintToken } from '@/lib/tokens';
import { inspectToken as inspectInput, mintToken as mintInput } from '@/lib/tokens/schemas';
import { examples } from '../_examples';
import { operation } from '../_operation';
import * as answers from '../_schemas';

export const mint = operation({
  id: 'mintToken',
  method: 'POST',
  path: '/tokens',
  summary: 'Make a token',
  description:
    'For app servers that would rather not hold the App certificate. The token is not stored: a repetition with the same Idempotency-Key makes another one for the same content.',
  scopes: ['token:mint'],
  need: ['Token', 'mint'],
  body: mintInput,
  status: 201,
  response: answers.mintedToken,
  errors: [
    'origin.forbidden',
    'token.project_state',
    'token.no_certificate',
    'token.lifetime',
    'token.wildcard_forbidden',
    'token.refused',
    'keyring.unavailable',
  ],
  example: {
    body: {
      lifetimeSeconds: 3600,
      services: [
        { kind: 'rtc', channel: 'lesson-7', account: '1001', privileges: { join: true, audio: true, video: 600 } },
      ],
    },
    response: examples.token,
  },
  idempotency: 'again',
  serversOnly: true,
  run: ({ caller, projectId, body }) => mintToken(caller, projectId, body),
});

export const inspect = operation({
  id: 'inspectToken',
  method: 'POST',
  path: '/tokens/inspect',
  summary: 'Would this join be admitted, and which rule decides?',
  description:
    'Runs the decision of the edges over the policy they are sent. The token goes in the body and is not stored.',
  scopes: ['token:inspect'],
  need: ['Token', 'inspect'],
  body: inspectInput,
  status: 200,
  response: answers.inspection,
  errors: ['edge.not_found', 'token.refused', 'keyring.unavailable'],
  example: {
    body: { token: examples.token.token, channel: 'lesson-7', account: '1001' },
    response: examples.inspection,
  },
  idempotency: 'again',
  run: ({ caller, projectId, body }) => inspectToken(caller, projectId, body),
});
