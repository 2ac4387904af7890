import { z } from 'zod';
import { applyFence, planFence } from '@/lib/policy';
import { fenceChange } from '@/lib/policy/schemas';
import {
  disableCertificate,
  enableCertificate,
  listCertificates as readCertificates,
  getProject as readProject,
  renameProject,
  setTokenPolicy,
} from '@/lib/projects';
import { projectName, tokenPolicy } from '@/lib/projects/schemas';
import { examples as example } from '../_examples';
import { operation } from '../_operation';
import * as answers from '../_schemas';

export const getProject = operation({
  id: 'getProject',
  method: 'GET',
  path: '/project',
  summary: 'The project of this key',
  scopes: ['project:read'],
  need: ['Project', 'read'],
  status: 200,
  response: answers.project,
  errors: [],
  example: { response: example.project },
  run: ({ caller, projectId }) => readProject(caller, projectId),
});

export const changeProject = operation({
  id: 'changeProject',
  method: 'PATCH',
  path: '/project',
  summary: 'Change the name or the token policy',
  description:
    'Members of `tokenPolicy` that are left out stay as they are. The answer names the last policy change this made.',
  scopes: ['project:write'],
  need: ['Project', 'change-token-policy'],
  body: z
    .strictObject({ name: projectName.optional(), tokenPolicy: z.strictObject(tokenPolicy.shape).partial().optional() })
    .refine((change) => change.name !== undefined || change.tokenPolicy !== undefined, 'Name something to change.'),
  status: 200,
  response: answers.changed,
  errors: ['project.state'],
  example: { body: { tokenPolicy: { maxLifetimeSeconds: 3600 } }, response: { seq: 42 } },
  async run({ caller, projectId, body: { name, tokenPolicy: policy } }) {
    const renamed = name === undefined ? null : await renameProject(caller, projectId, { name });
    const changed = policy === undefined ? null : await setTokenPolicy(caller, projectId, policy);
    return { seq: Math.max(renamed?.seq ?? 0, changed?.seq ?? 0) };
  },
});

export const getFence = operation({
  id: 'getFence',
  method: 'GET',
  path: '/fence',
  summary: 'The fence: where media of this project may go',
  scopes: ['project:read'],
  need: ['Project', 'read'],
  status: 200,
  response: answers.fence,
  errors: [],
  example: { response: example.project.fence },
  run: async ({ caller, projectId }) => (await readProject(caller, projectId)).fence,
});

export const setFence = operation({
  id: 'setFence',
  method: 'PUT',
  path: '/fence',
  summary: 'Set the fence',
  description:
    'The first region is the preferred home. Edges outside cut the sessions they carry. Setting the same fence again changes nothing.',
  scopes: ['project:write'],
  need: ['Project', 'change-fence'],
  body: fenceChange,
  status: 200,
  response: answers.changed,
  errors: ['fence.project_archived'],
  example: { body: { regions: ['EU', 'NA'] }, response: { seq: 42 } },
  run: ({ caller, projectId, body }) => applyFence(caller, projectId, body),
});

export const planFenceChange = operation({
  id: 'planFence',
  method: 'POST',
  path: '/fence/plan',
  summary: 'What a fence would do to what is live now',
  description: 'Changes nothing.',
  scopes: ['project:read'],
  need: ['Project', 'read'],
  body: fenceChange,
  status: 200,
  response: answers.plan,
  errors: [],
  example: { body: { regions: ['EU'] }, response: example.plan },
  idempotency: 'again',
  run: ({ caller, projectId, body }) => planFence(caller, projectId, body),
});

export const listCertificates = operation({
  id: 'listCertificates',
  method: 'GET',
  path: '/certificates',
  summary: 'App certificates with their use, never their values',
  scopes: ['project:read'],
  need: ['Certificate', 'read'],
  status: 200,
  response: answers.list(answers.certificate),
  errors: [],
  example: { response: { items: [example.certificate] } },
  run: async ({ caller, projectId }) => ({ items: await readCertificates(caller, projectId) }),
});

const certificateParams = z.object({ certificateId: z.string().min(1).max(64) });

export const disable = operation({
  id: 'disableCertificate',
  method: 'POST',
  path: '/certificates/{certificateId}/disable',
  summary: 'Disable a certificate',
  description: 'Edges refuse its tokens and cut the sessions that rest on them. It can be enabled again.',
  scopes: ['certificate:write'],
  need: ['Certificate', 'disable'],
  params: certificateParams,
  status: 200,
  response: answers.changed,
  errors: ['certificate.not_found', 'certificate.state', 'project.state'],
  example: { response: { seq: 42 } },
  idempotency: 'keep',
  run: ({ caller, projectId, params }) => disableCertificate(caller, projectId, params.certificateId),
});

export const enable = operation({
  id: 'enableCertificate',
  method: 'POST',
  path: '/certificates/{certificateId}/enable',
  summary: 'Enable a disabled certificate',
  scopes: ['certificate:write'],
  need: ['Certificate', 'enable'],
  params: certificateParams,
  status: 200,
  response: answers.changed,
  errors: ['certificate.not_found', 'certificate.state', 'project.state'],
  example: { response: { seq: 42 } },
  idempotency: 'keep',
  run: ({ caller, projectId, params }) => enableCertificate(caller, projectId, params.certificateId),
});
