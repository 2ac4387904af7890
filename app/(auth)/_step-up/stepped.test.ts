import { describe, expect, it, vi } from 'vitest';
import type { Ask, FormState } from '@/app/_ui/form-state';
import { stepped } from './stepped';

const ask = (value: string): Ask => ({
  action: 'fence.apply',
  object: 'prj_1',
  version: '1',
  terms: [['After', value]],
});
const wants = (value: string): FormState => ({
  code: 'authz.step_up_required',
  message: 'Confirm this.',
  ask: ask(value),
});
/** A server that answers with these, one after the other. */
const server = (...answers: FormState[]) => vi.fn(async () => answers.shift() ?? {});
const form = new FormData();

describe('a form whose act is confirmed', () => {
  it('is sent once when nothing is asked, whatever the answer', async () => {
    const refused = { code: 'identity.input', fields: { name: 'Too long' } };
    const [run, confirm] = [server(refused), vi.fn(async () => true)];
    expect(await stepped(run, confirm)({}, form)).toBe(refused);
    expect([run.mock.calls.length, confirm.mock.calls.length]).toEqual([1, 0]);
  });

  it('is sent again, the same, once it is confirmed', async () => {
    const [run, confirm] = [server(wants('EU'), { ok: true }), vi.fn(async () => true)];
    expect(await stepped(run, confirm)({}, form)).toEqual({ ok: true });
    expect(confirm.mock.calls).toEqual([[ask('EU'), false]]);
    expect(run.mock.calls).toEqual([
      [{}, form],
      [{}, form],
    ]);
  });

  it('is put to the person once more when it has become something else, and says that it has', async () => {
    const [run, confirm] = [server(wants('EU'), wants('CN'), { ok: true }), vi.fn(async () => true)];
    expect(await stepped(run, confirm)({}, form)).toEqual({ ok: true });
    expect(confirm.mock.calls).toEqual([
      [ask('EU'), false],
      [ask('CN'), true],
    ]);
  });

  it('is left as it was when the person gives up', async () => {
    const run = server(wants('EU'), { ok: true });
    expect(await stepped(run, async () => false)({}, form)).toEqual({});
    expect(run).toHaveBeenCalledTimes(1);
  });
});
