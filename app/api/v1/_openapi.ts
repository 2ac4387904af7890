import { z } from 'zod';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import { describeError } from './_errors';
import type { Operation } from './_operation';
import { problem } from './_schemas';

/** OpenAPI 3.1 of the interface, made from the very schemas its handlers parse with. */
const EVERYWHERE = [
  'authz.not_signed_in',
  'key.invalid',
  'authz.forbidden',
  'policy.address',
  'rate.limited',
  'internal',
];
const WITH_BODY = ['request.malformed', 'request.media_type', 'request.invalid'];
const WITH_IDEMPOTENCY = ['idempotency.invalid', 'idempotency.mismatch', 'idempotency.in_progress'];

/** Every code the operation can answer with. */
export function errorsOf(operation: Operation): string[] {
  const reads = operation.params || operation.query ? ['request.invalid'] : [];
  const codes = [
    ...EVERYWHERE,
    ...reads,
    ...(operation.method === 'GET' ? [] : ['request.too_large']),
    ...(operation.body ? WITH_BODY : []),
    ...(operation.idempotency ? WITH_IDEMPOTENCY : []),
    ...operation.errors,
  ];
  return [...new Set(codes)];
}

export function openApi(operations: readonly Operation[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: pathItem(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cordon',
      version,
      description:
        'One project per key. Errors are problem details (RFC 9457) with a stable `code`. Lists go on with `cursor`. A POST with an `Idempotency-Key` can be repeated safely for a day.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: `An API key, \`ck_…\`. Scopes:\n${Object.entries(API_SCOPES)
            .map(([scope, says]) => `- \`${scope}\`: ${says}`)
            .join('\n')}`,
        },
      },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Record<
    string,
    unknown
  >;
  return rest;
};

function pathItem(operation: Operation): object {
  const { id, summary, description, scopes, status, response, body, example } = operation;
  return {
    operationId: id,
    summary,
    ...(description ? { description } : {}),
    'x-scopes': scopes,
    security: [{ key: [] }],
    parameters: [
      ...parameters(operation.params, 'path'),
      ...parameters(operation.query, 'query'),
      ...(operation.idempotency ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input'), example: example.body } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        content: { 'application/json': { schema: schemaOf(response, 'output'), example: example.response } },
      },
      ...errorResponses(errorsOf(operation)),
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Names this request. The same key with another body is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

function parameters(schema: z.ZodObject | undefined, where: 'path' | 'query'): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

/** One response per status, naming every code behind it. */
function errorResponses(codes: readonly string[]): Record<string, object> {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const { status } = describeError(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [
      status,
      {
        description: own.map((code) => `\`${code}\`: ${describeError(code).title}`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { type: 'object', properties: { code: { enum: own } } },
              ],
            },
            example: {
              type: `urn:cordon:problem:${own[0]}`,
              title: describeError(own[0]!).title,
              status,
              code: own[0],
              requestId: 'req_01a2b3c4d5e67f008000000000000005',
            },
          },
        },
      },
    ]),
  );
}
