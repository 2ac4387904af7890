import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ConfigError,
  CordonError,
  createLog,
  defineErrors,
  isId,
  newId,
  newUuid,
  parseConfig,
  toFormRefusal,
  toProblem,
  uuidTime,
} from '.';

describe('identifiers', () => {
  it('carry their prefix and time, sort by time and never repeat', () => {
    const ids = Array.from({ length: 2_000 }, () => newId('prj'));
    expect(new Set(ids).size).toBe(2_000);
    expect(ids.every((id) => isId('prj', id))).toBe(true);
    expect(newId('org', 1_000) < newId('org', 2_000)).toBe(true);
    expect(uuidTime(newId('org', 1_763_755_200_123))).toBe(1_763_755_200_123);
  });

  it('are version 7, variant 10', () => {
    expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('are told from hostile text', () => {
    for (const text of [
      '',
      'prj_',
      `org_${'0'.repeat(32)}`,
      `prj_${'0'.repeat(31)}G`,
      `prj_${'0'.repeat(33)}`,
      7,
      null,
    ])
      expect(isId('prj', text)).toBe(false);
  });
});

describe('configuration', () => {
  const schema = z.object({ PORT: z.coerce.number().int().max(65_535), DATABASE_URL: z.string().min(20) });

  it('names the variable and never the value', () => {
    expect(() => parseConfig(schema, { PORT: '99999', DATABASE_URL: 'tiny-secret' })).toThrow(ConfigError);
    try {
      parseConfig(schema, { PORT: '1', DATABASE_URL: 'tiny-secret' });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('DATABASE_URL');
      expect((error as Error).message).not.toContain('tiny-secret');
    }
    expect(() => parseConfig(schema, { PORT: '1' })).toThrow('DATABASE_URL is not set');
  });
});

describe('log lines', () => {
  const lines: string[] = [];
  const log = createLog('test', ['depth'], (line) => lines.push(line));
  const last = () => JSON.parse(lines.at(-1)!) as Record<string, unknown>;

  it('are one JSON object with declared keys only', () => {
    log.info('ready', { port: 3000, seq: 7n, depth: 2, ...({ password: 'canary' } as object) });
    expect(lines.at(-1)).toMatch(/\n$/);
    expect(last()).toMatchObject({ level: 'info', process: 'test', msg: 'ready', port: 3000, seq: 7, depth: 2 });
    expect(lines.at(-1)).not.toContain('canary');
  });

  it('do not quote errors that may quote values', () => {
    log.error('failed', { error: new TypeError('could not insert canary') });
    expect(lines.at(-1)).not.toContain('canary');
    expect(last().error).toMatchObject({ errorName: 'TypeError' });
    log.error('failed', { error: new CordonError('a.b', 400, 'Public.', { internal: 'ours to tell' }) });
    expect(lines.at(-1)).toContain('ours to tell');
  });
});

describe('errors', () => {
  const errors = defineErrors({ 'grant.expired': [410, 'The grant has expired.'] });

  it('become problem details with a stable code', () => {
    expect(toProblem(errors('grant.expired', { why: 'rule 7', internal: 'row 12' }), 'req_1')).toEqual({
      type: 'urn:cordon:problem:grant.expired',
      title: 'The grant has expired.',
      status: 410,
      code: 'grant.expired',
      why: 'rule 7',
      requestId: 'req_1',
    });
  });

  it('of a form stand at their field, with the reason', () => {
    expect(toFormRefusal(errors('grant.expired', { field: 'until', why: 'It ended at noon.' }))).toEqual({
      code: 'grant.expired',
      fields: { until: 'The grant has expired. It ended at noon.' },
    });
    expect(toFormRefusal(errors('grant.expired', { field: 'until' })).fields).toEqual({
      until: 'The grant has expired.',
    });
  });

  it('say nothing when they are not ours', () => {
    const problem = JSON.stringify([
      toProblem(new Error('canary')),
      toFormRefusal(new Error('canary')),
      toProblem('canary'),
    ]);
    expect(problem).not.toContain('canary');
    expect(toProblem(new Error('x'))).toMatchObject({ status: 500, code: 'internal' });
  });

  it('are told apart by table', () => {
    expect(errors.is(errors('grant.expired'))).toBe(true);
    expect(errors.is(new CordonError('toString', 400, 'x'))).toBe(false);
  });
});
