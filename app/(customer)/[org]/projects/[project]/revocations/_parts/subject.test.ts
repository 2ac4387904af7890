import { describe, expect, it } from 'vitest';
import { createRevocation } from '@/lib/policy/schemas';
import { matching, SUBJECT_TYPES, subjectOf, subjectText, utcOf } from './subject';

const id = 'ab'.repeat(32);
const live = [
  { channel: 'ward', account: 'alice', tokenId: id, certificateId: 'crt_1' },
  { channel: 'ward', account: 'bob', tokenId: null, certificateId: null },
  { channel: 'hall', account: 'alice', tokenId: 'cd'.repeat(32), certificateId: 'crt_1' },
];

describe('the subject of a revocation', () => {
  it('makes requests the use case accepts, for every type', () => {
    const values = {
      user: 'alice',
      token: `t:${id.toUpperCase()}`,
      channel: 'ward',
      certificate: 'crt_1',
      project: '',
    };
    for (const type of SUBJECT_TYPES) {
      expect(
        createRevocation.safeParse({ subject: subjectOf(type, values[type]), reason: 'a lost device' }).success,
      ).toBe(true);
    }
  });

  it('counts the live sessions it covers', () => {
    expect(matching('user', 'alice', live)).toBe(2);
    expect(matching('channel', 'ward', live)).toBe(2);
    expect(matching('token', `t:${id}`, live)).toBe(1);
    expect(matching('certificate', 'crt_1', live)).toBe(2);
    expect(matching('project', '', live)).toBe(3);
    expect(matching('user', 'ali', live)).toBe(0);
    expect(matching('user', '', live)).toBe(0);
  });

  it('is said in words without the whole identifier', () => {
    expect(subjectText({ subjectType: 'user', subject: 'alice' })).toBe('user alice');
    expect(subjectText({ subjectType: 'token', subject: id })).toBe('token t:abab…abab');
    expect(subjectText({ subjectType: 'project', subject: '' })).toBe('the whole project');
  });

  it('reads its time as UTC', () => {
    expect(utcOf('2026-11-21T09:42')).toBe('2026-11-21T09:42:00.000Z');
    expect(utcOf(' ')).toBeNull();
    expect(utcOf('soon')).toBeUndefined();
  });
});
