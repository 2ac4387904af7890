import { z } from 'zod';
import { listEdges as readEdges } from '@/lib/fleet';
import { enforcement, listRevocations as readRevocations, revoke } from '@/lib/policy';
import { createRevocation as revocationInput } from '@/lib/policy/schemas';
import { examples } from '../_examples';
import { operation } from '../_operation';
import * as answers from '../_schemas';

export const listRevocations = operation({
  id: 'listRevocations',
  method: 'GET',
  path: '/revocations',
  summary: 'Revocations, newest first',
  scopes: ['revocation:read'],
  need: ['Revocation', 'read'],
  query: answers.pageQuery,
  status: 200,
  response: answers.page(answers.revocation),
  errors: ['cursor.invalid'],
  example: { response: { items: [examples.revocation], next: null } },
  run: ({ caller, projectId, query }) => readRevocations(caller, projectId, query),
});

export const createRevocation = operation({
  id: 'createRevocation',
  method: 'POST',
  path: '/revocations',
  summary: 'Revoke a token, a user, a channel, a certificate or the whole project',
  description:
    'Refuses everything issued up to `issuedBefore` (default: now) plus the allowed clock skew, and cuts what rests on it. Revoking a user also revokes the wildcard tokens that user joined with.',
  scopes: ['revocation:write'],
  need: ['Revocation', 'create'],
  body: revocationInput,
  status: 201,
  response: z.strictObject({ revocation: answers.revocation, seq: answers.changed.shape.seq }),
  errors: ['revocation.future', 'revocation.certificate_unknown', 'revocation.too_many_tokens'],
  example: {
    body: { subject: { type: 'user', account: '1001' }, reason: 'left the company' },
    response: { revocation: examples.revocation, seq: 42 },
  },
  idempotency: 'keep',
  run: ({ caller, projectId, body }) => revoke(caller, projectId, body),
});

export const getChange = operation({
  id: 'getChange',
  method: 'GET',
  path: '/policy/{seq}',
  summary: 'How far a policy change has got on every edge',
  description: 'Computed when asked. `enforced` means that live sessions obey it too.',
  scopes: ['project:read', 'revocation:read'],
  need: ['Edge', 'read'],
  params: z.object({ seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
  status: 200,
  response: answers.enforcement,
  errors: ['policy.unknown_change'],
  example: { response: examples.enforcement },
  run: ({ caller, params }) => enforcement(caller, params.seq),
});

export const listEdges = operation({
  id: 'listEdges',
  method: 'GET',
  path: '/edges',
  summary: 'Edges, what they enforce and how many sessions of the project they carry',
  scopes: ['project:read', 'revocation:read'],
  need: ['Edge', 'read'],
  status: 200,
  response: answers.list(answers.edge),
  errors: [],
  example: { response: { items: [examples.edge] } },
  run: async ({ caller }) => ({ items: await readEdges(caller) }),
});
