import { EventEmitter } from 'node:events';
import type ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openChannel, whenQuiet } from './channel';
import type { Purpose } from './person';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = (error: Error | undefined, channel: unknown) => void;

/** A connection whose host answers when the test says so. */
class Client extends EventEmitter {
  asked: unknown[] = [];
  answer: Answer = () => undefined;
  readonly shell = (...args: unknown[]) => this.#ask('shell', args);
  readonly exec = (...args: unknown[]) => this.#ask('exec', args);
  readonly subsys = (...args: unknown[]) => this.#ask('subsys', args);

  #ask(what: string, args: unknown[]) {
    this.answer = args.pop() as Answer;
    this.asked = [what, ...args];
  }
}

const open = (client: Client, purpose: Purpose, opened = vi.fn()) => {
  const screen = { columns: 100, rows: 30, term: 'xterm' };
  const asked = { purpose, screen, lang: 'C.UTF-8' };
  return { opened, done: openChannel(client as unknown as ssh2.Client, asked, opened) };
};
const refusal = { code: 'host.refused' };

describe('openChannel', () => {
  it('asks for what the session is for, with its terminal', () => {
    const client = new Client();
    const [pty, env] = [{ term: 'xterm', cols: 100, rows: 30 }, { LANG: 'C.UTF-8' }];
    open(client, { kind: 'shell' });
    expect(client.asked).toEqual(['shell', pty, { env }]);
    open(client, { kind: 'command', command: 'uptime' });
    expect(client.asked).toEqual(['exec', 'uptime', { env, pty }]);
    open(client, { kind: 'files' });
    expect(client.asked).toEqual(['subsys', 'sftp']);
  });

  it('hands the channel over before it returns to ssh2, and once', async () => {
    const client = new Client();
    const { opened, done } = open(client, { kind: 'shell' });
    const channel = {};
    client.answer(undefined, channel);
    expect(opened).toHaveBeenCalledExactlyOnceWith(channel);
    client.emit('close');
    await done;
  });

  it.each([
    ['an error', (client: Client) => client.answer(new Error('no'), undefined)],
    ['a connection that breaks', (client: Client) => client.emit('close')],
    ['a host that does not answer', () => vi.advanceTimersByTime(10_000)],
  ])('refuses by %s', async (_how, act) => {
    const client = new Client();
    const { opened, done } = open(client, { kind: 'shell' });
    const refused = expect(done).rejects.toMatchObject(refusal);
    act(client);
    await refused;
    expect(opened).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('whenQuiet', () => {
  it('waits for sixty quiet milliseconds, and no longer than a second', () => {
    const then = vi.fn();
    let heardAt = performance.now();
    whenQuiet(() => heardAt, then);
    expect(then).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60);
    expect(then).toHaveBeenCalledTimes(1);

    const from = performance.now();
    let saidAt = Number.NaN;
    const chatter = setInterval(() => (heardAt = performance.now()), 10);
    heardAt = from;
    whenQuiet(
      () => heardAt,
      () => (saidAt = performance.now()),
    );
    vi.advanceTimersByTime(2_000);
    clearInterval(chatter);
    expect(saidAt - from).toBeGreaterThanOrEqual(1_000);
    expect(saidAt - from).toBeLessThan(1_100);
  });
});
