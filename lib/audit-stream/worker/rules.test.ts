import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../send/answer';
import { ANNOUNCED_AFTER, GIVE_UP_SECONDS, judge, REFUSALS, RETRY, type Standing } from './rules';

const fresh: Standing = { failures: 0, refusals: 0, failingSeconds: null, announced: false };
const answered = (status: number, retryAfterSeconds: number | null = null): Answer => ({
  code: Math.floor(status / 100) === 2 ? 'delivered' : 'answer',
  status,
  retryAfterSeconds,
});
const lost: Answer = { code: 'timeout', status: null, retryAfterSeconds: null };

describe('what follows from an answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'retry'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'retry'],
    [410, 'stopped'],
    [413, 'refused'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i: %s', (status, verdict) => {
    expect(judge(answered(status), fresh, 0).verdict).toBe(verdict);
  });

  it('nothing that was not delivered or given up is passed over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.record({
          failures: fc.nat(1000),
          refusals: fc.nat(REFUSALS),
          failingSeconds: fc.option(fc.nat(2 * GIVE_UP_SECONDS)),
          announced: fc.boolean(),
        }),
        (status, standing) => {
          const { verdict } = judge(answered(status), standing, 0);
          expect(verdict === 'delivered').toBe(Math.floor(status / 100) === 2);
          if (verdict === 'dead') {
            expect(Math.floor(status / 100)).toBe(4);
            expect(standing.refusals).toBeGreaterThanOrEqual(REFUSALS - 1);
          }
        },
      ),
    );
  });

  it('a wait is between five seconds and a quarter of an hour, and grows', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const { waitSeconds } = judge(lost, { ...fresh, failures }, random);
        expect(waitSeconds).toBeGreaterThanOrEqual(RETRY.first);
        expect(waitSeconds).toBeLessThanOrEqual(RETRY.longest);
        expect(judge(lost, { ...fresh, failures: failures + 1 }, random).waitSeconds).toBeGreaterThanOrEqual(
          waitSeconds,
        );
      }),
    );
    expect([0, 1, 2, 3].map((failures) => judge(lost, { ...fresh, failures }, 0).waitSeconds)).toEqual([5, 10, 20, 40]);
  });

  it.each([
    [0, 1],
    [120, 120],
    [9_999_999, 3600],
  ])('Retry-After of %i s is waited for %i s', (asked, waits) => {
    expect(judge(answered(429, asked), fresh, 0.5).waitSeconds).toBe(waits);
    expect(judge(answered(503, asked), fresh, 0.5).waitSeconds).toBe(waits);
  });

  it('a batch that is refused again and again is a dead letter, and the next one is tried soon', () => {
    const before = judge(answered(400), { ...fresh, failures: REFUSALS - 2, refusals: REFUSALS - 2 }, 0);
    expect(before.verdict).toBe('refused');
    const last = judge(answered(400), { ...fresh, failures: REFUSALS - 1, refusals: REFUSALS - 1 }, 0);
    expect(last).toMatchObject({ verdict: 'dead', waitSeconds: RETRY.first });
  });

  it('ten days without one delivery stop it, 410 at once', () => {
    expect(judge(lost, { ...fresh, failures: 9, failingSeconds: GIVE_UP_SECONDS - 1 }, 0).verdict).toBe('retry');
    expect(judge(lost, { ...fresh, failures: 9, failingSeconds: GIVE_UP_SECONDS }, 0)).toMatchObject({
      verdict: 'stopped',
      stop: 'gave_up',
    });
    expect(judge(answered(410), fresh, 0)).toMatchObject({ verdict: 'stopped', stop: 'gone', say: 'stopped' });
  });

  it('the log is told once that it fails and once that it works again, and nothing of a single failure', () => {
    let standing = fresh;
    const said: unknown[] = [];
    const step = (answer: Answer) => {
      const { announced, say, verdict } = judge(answer, standing, 0);
      said.push(say);
      standing = { ...standing, announced, failures: verdict === 'delivered' ? 0 : standing.failures + 1 };
    };
    for (let i = 0; i < ANNOUNCED_AFTER + 2; i++) step(lost);
    step(answered(200));
    step(lost);
    step(answered(200));
    expect(said).toEqual([null, null, 'failing', null, null, 'recovered', null, null]);
  });
});
