import { describe, expect, it } from 'vitest';
import { Hub, type SessionState } from './hub';

const live = (userId: string, ...organisations: string[]): SessionState => ({
  state: 'live',
  userId,
  realm: 'customer',
  organisations,
});

/** A hub over a table of sessions, and what was asked of it. */
function world(limits = { all: 10, ofOne: 3 }) {
  const sessions = new Map<string, SessionState>();
  const asked: string[][] = [];
  const hub = new Hub(async (secrets) => {
    asked.push([...secrets]);
    return secrets.map((secret) => sessions.get(secret));
  }, limits);
  const watch = (secret: string, state: SessionState) => {
    sessions.set(secret, state);
    const seen: SessionState[] = [];
    const stop = hub.add(secret, state, { changed: (now) => seen.push(now), beat: () => undefined });
    return { seen, stop };
  };
  return { hub, sessions, asked, watch };
}

describe('the open pages of a process', () => {
  it('are told once that their session is over, and then forgotten', async () => {
    const { hub, sessions, asked, watch } = world();
    const [ada, bob] = [watch('a', live('ada')), watch('b', live('bob'))];
    sessions.set('a', { ...live('ada'), state: 'ended' });
    await hub.look('ada');
    await hub.look('ada');
    expect([ada.seen.map(({ state }) => state), bob.seen]).toEqual([['ended'], []]);
    expect(asked).toEqual([['a']]);
    expect(hub.size).toBe(1);
  });

  it('hear of organisations only when those changed', async () => {
    const { hub, sessions, watch } = world();
    const ada = watch('a', live('ada', 'org_1', 'org_2'));
    await hub.look();
    sessions.set('a', live('ada', 'org_2'));
    await hub.look();
    await hub.look();
    expect(ada.seen.map(({ organisations }) => organisations)).toEqual([['org_2']]);
  });

  it('count a session that is gone from the database as ended', async () => {
    const { hub, sessions, watch } = world();
    const ada = watch('a', live('ada'));
    sessions.delete('a');
    await hub.look();
    expect(ada.seen.map(({ state }) => state)).toEqual(['ended']);
  });

  it('are bounded for each person and in all', () => {
    const { hub, watch } = world({ all: 4, ofOne: 2 });
    expect(['1', '2', '3'].map((n) => watch(`a${n}`, live('ada')).stop !== null)).toEqual([true, true, false]);
    expect(['1', '2', '3'].map((n) => watch(`b${n}`, live(`b${n}`)).stop !== null)).toEqual([true, true, false]);
    expect(hub.size).toBe(4);
  });

  it('are asked for 500 at a time', async () => {
    const { hub, asked, watch } = world({ all: 2_000, ofOne: 1 });
    for (let n = 0; n < 1_201; n++) watch(`s${n}`, live(`u${n}`));
    await hub.look();
    expect(asked.map(({ length }) => length)).toEqual([500, 500, 201]);
  });
});
