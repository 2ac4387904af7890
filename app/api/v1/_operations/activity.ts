import { z } from 'zod';
import { listDecisions as readDecisions, listSessions as readSessions } from '@/lib/fleet';
import { decisionFilter } from '@/lib/fleet/schemas';
import { examples } from '../_examples';
import { operation } from '../_operation';
import * as answers from '../_schemas';

export const listDecisions = operation({
  id: 'listDecisions',
  method: 'GET',
  path: '/decisions',
  summary: 'Decisions of the edges, newest first',
  description: 'Every join and every later cut, with the rule that decided and the policy it was decided by.',
  scopes: ['decision:read'],
  need: ['Decision', 'read'],
  query: answers.pageQuery.extend(decisionFilter.shape),
  status: 200,
  response: answers.page(answers.decision),
  errors: ['cursor.invalid'],
  example: { response: { items: [examples.decision], next: null } },
  run: ({ caller, projectId, query: { limit, cursor, ...filter } }) =>
    readDecisions(caller, projectId, { filter, limit, cursor: cursor ?? null }),
});

export const listSessions = operation({
  id: 'listSessions',
  method: 'GET',
  path: '/sessions',
  summary: 'Media sessions, live or ended, the latest first',
  scopes: ['decision:read'],
  need: ['MediaSession', 'read'],
  query: answers.pageQuery.extend({ live: z.enum(['true', 'false']).default('true') }),
  status: 200,
  response: answers.page(answers.session),
  errors: ['cursor.invalid'],
  example: { response: { items: [examples.session], next: null } },
  run: ({ caller, projectId, query: { limit, cursor, live } }) =>
    readSessions(caller, projectId, { live: live === 'true', limit, cursor: cursor ?? null }),
});
