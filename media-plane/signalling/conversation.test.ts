import { afterEach, describe, expect, it } from 'vitest';
import type { Allow } from '@/lib/kernel/decision';
import { Channels } from '../channels';
import type { EdgeContext } from './context';
import { Conversation } from './conversation';
import type { EdgeMessage } from './protocol';

const channels = new Channels({
  engine: { on: () => () => undefined, stats: async () => [] } as never,
  decisions: { record: () => undefined } as never,
  redecide: () => allow(''),
  record: () => undefined,
  clock: () => 1_000_000,
});
afterEach(() => channels.stop());

const allow = (account: string) =>
  ({
    verdict: 'allow',
    code: 'ok',
    account,
    permissions: 1,
    expiresAt: { join: 5000, audio: 0, video: 0, data: 0 },
  }) as Allow;

const context = {
  admission: { admit: ({ account }: { account: string }) => allow(account), home: () => null },
  relay: { disagreement: () => null },
  channels,
  edge: { name: 'eu-1', region: 'EU', url: '' },
  clock: () => 1_000_000,
} as unknown as EdgeContext;

/** Somebody who joins, with so many bytes on the way that they have not taken yet. */
async function joined(account: string, buffered: number): Promise<EdgeMessage[]> {
  const told: EdgeMessage[] = [];
  const line = {
    send: (text: string) => told.push(JSON.parse(text)),
    close: () => undefined,
    buffered: () => buffered,
  };
  const conversation = new Conversation(
    context,
    { address: '', traceId: '', relayed: null },
    { ...line, log: () => undefined },
  );
  await conversation.receive(JSON.stringify({ type: 'join', appId: 'app', channel: 'room', account, token: 't' }));
  return told;
}
const lists = (told: EdgeMessage[]) => told.filter(({ type }) => type === 'participants');

describe('who reads slowly', () => {
  it('is spared who comes and goes, but never that somebody observes', async () => {
    const slow = await joined('slow', 4096);
    await joined('bob', 0);
    expect(lists(slow)).toEqual([]);
    await joined('provider-observer-1', 0);
    expect(lists(slow)).toMatchObject([{ participants: [{ account: 'provider-observer-1', observer: true }, {}, {}] }]);
    // And whoever comes now hears it right behind that they have joined.
    const late = await joined('late', 4096);
    expect(late.map(({ type }) => type)).toEqual(['joined', 'participants']);
  });
});
