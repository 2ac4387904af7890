import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountOf, principalOf, type Sheet, type SheetGrant, sheetInput, sheetText } from '@/lib/kernel/grant';
import { createLog } from '@/lib/platform';
import type { HostEvent } from '@/lib/uplink/host-events';
import { type Agent, startAgent } from './agent';
import type { Ended } from './end';
import type { Machine } from './machine';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
const range = { from: 70_000, to: 70_002 };
const NOTHING: Ended = { killed: 0, jobs: 0, left: [] };
const id = (n: number) => `grt_${n.toString(16).padStart(32, '0')}`;

let home: string;
let now: number;
let seq: number;
let events: HostEvent[];
let accounts: Map<string, number>;
let left: string[];
let principals: string;
/** What happened to the machine, in its order. */
let did: string[];
let agents: Agent[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-host-'));
  [now, seq, events, accounts, left, principals, did, agents] = [1_000_000, 0, [], new Map(), [], '', [], []];
});
afterEach(async () => {
  for (const agent of agents) await agent.stop();
  rmSync(home, { recursive: true });
});

const machine: Machine = {
  writePrincipals(text) {
    principals = text;
    did.push('principals');
  },
  async ensure({ account, uid }) {
    if (accounts.has(account)) return;
    accounts.set(account, uid);
    did.push(`make ${account} ${uid}`);
  },
  async end({ account }) {
    did.push(`end ${account}`);
    if (left.length === 0) accounts.delete(account);
    return { ...NOTHING, left };
  },
  gather: () => undefined,
  sweep: () => [],
  removeFiles: async () => 0,
  accounts: () => [...accounts].map(([name, uid]) => ({ name, uid })),
};

async function start(): Promise<Agent> {
  const agent = await startAgent({
    ...{ target: 'host:eu-1', keys: [key], home, range, machine },
    tell: (event) => void events.push(event),
    now: () => now,
    log: createLog('host', [], () => undefined),
  });
  agents.push(agent);
  return agent;
}
/** Its clock stands still unless told. */
const sheet = (grants: SheetGrant[], over: Partial<Sheet> = {}) => {
  const of = { target: 'host:eu-1', seq: ++seq, issuedAt: now / 1000, freshUntil: now / 1000 + 60, grants, ...over };
  return { sheet: sheetText(of), signature: sign(null, sheetInput(of), privateKey).toString('base64') };
};
const grant = (n: number, minutes = 60): SheetGrant => ({
  ...{ id: id(n), account: accountOf(id(n)), startsAt: now / 1000, deadline: now / 1000 + minutes * 60 },
});
const kinds = () => events.map(({ kind }) => kind);

describe('an agent', () => {
  it('makes the account of a grant, lets it in, and ends it when a newer sheet leaves it out', async () => {
    const agent = await start();
    expect(await agent.take(sheet([grant(1), grant(2)]))).toBeNull();
    await vi.waitFor(() => expect(kinds()).toEqual(['host.opened', 'host.opened']), { timeout: 30_000 });
    expect([...accounts]).toEqual([
      [accountOf(id(1)), 70_000],
      [accountOf(id(2)), 70_001],
    ]);
    await vi.waitFor(() => expect(principals).toContain(principalOf(id(1))), { timeout: 30_000 });
    did = [];
    await agent.take(sheet([grant(2)]));
    expect(principals).not.toContain(principalOf(id(1)));
    await vi.waitFor(() => expect(kinds()).toContain('host.closed'), { timeout: 30_000 });
    expect(did.indexOf('principals')).toBeLessThan(did.indexOf(`end ${accountOf(id(1))}`));
    expect([...accounts.keys()]).toEqual([accountOf(id(2))]);
    expect(agent.standing()).toEqual({ seq: 2, issuedAt: 1000, holds: [{ grant: id(2), left: null }] });
  });

  it('gives no uid twice, and makes no account when there are no more', async () => {
    const agent = await start();
    for (let n = 1; n <= 3; n++) {
      await agent.take(sheet([grant(n)]));
      await vi.waitFor(() => expect(accounts.get(accountOf(id(n)))).toBe(69_999 + n), { timeout: 30_000 });
    }
    await agent.take(sheet([grant(4)]));
    await vi.waitFor(() => expect(kinds()).toContain('host.finding'), { timeout: 30_000 });
    expect(accounts.size).toBe(0);
    expect(events.at(-1)).toMatchObject({ code: 'account.failed', subject: accountOf(id(4)) });
  });

  it('ends at the deadline without hearing from anybody', async () => {
    const agent = await start();
    await agent.take(sheet([grant(1)]));
    await vi.waitFor(() => expect(accounts.size).toBe(1), { timeout: 30_000 });
    now += 3_599_000;
    await vi.waitFor(() => expect(principals).not.toBe(''), { timeout: 30_000 });
    expect(accounts.size).toBe(1);
    now += 1_000;
    await vi.waitFor(() => expect(accounts.size).toBe(0), { timeout: 30_000 });
  });

  it('ends what fell due while it was away, before it hears of anything', async () => {
    const first = await start();
    await first.take(sheet([grant(1)]));
    await vi.waitFor(() => expect(accounts.size).toBe(1), { timeout: 30_000 });
    await first.stop();
    now += 3_600_000;
    await start();
    expect(accounts.size).toBe(0);
    expect(kinds()).toEqual(['host.opened', 'host.closed']);
  });

  it('remembers which sheet it has, and takes no older one after a restart', async () => {
    const older = sheet([grant(1)]);
    const newer = sheet([]);
    const first = await start();
    expect(await first.take(newer)).toBeNull();
    expect(await first.take(older)).toBe('sheet.older');
    await first.stop();
    const second = await start();
    expect(await second.take(older)).toBe('sheet.older');
    expect(accounts.size).toBe(0);
    expect(statSync(join(home, 'state.json')).mode & 0o777).toBe(0o600);
  });

  it('changes nothing by sheets of others, and tells once that it was offered them', async () => {
    const agent = await start();
    await agent.take(sheet([grant(1)]));
    await vi.waitFor(() => expect(accounts.size).toBe(1), { timeout: 30_000 });
    const forged = { ...sheet([]), signature: 'A'.repeat(86).concat('==') };
    expect(await agent.take(forged)).toBe('sheet.signature');
    expect(await agent.take(forged)).toBe('sheet.signature');
    expect(await agent.take(sheet([], { target: 'host:eu-2' }))).toBe('sheet.target');
    expect(agent.held()).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === 'host.finding')).toHaveLength(2);
  });

  it('goes on trying to end what resists, says what is left, and that it is closed at last', async () => {
    const agent = await start();
    await agent.take(sheet([grant(1)]));
    await vi.waitFor(() => expect(accounts.size).toBe(1), { timeout: 30_000 });
    left = ['process 7'];
    await agent.take(sheet([]));
    await vi.waitFor(() => expect(kinds()).toEqual(['host.opened', 'host.left']), { timeout: 30_000 });
    expect(agent.standing().holds).toEqual([{ grant: id(1), left: ['process 7'] }]);
    now += 2_000;
    await vi.waitFor(() => expect(did.filter((what) => what.startsWith('end')).length).toBeGreaterThan(1), {
      timeout: 30_000,
    });
    left = [];
    now += 2_000;
    await vi.waitFor(() => expect(kinds()).toEqual(['host.opened', 'host.left', 'host.closed']), { timeout: 30_000 });
    expect(agent.standing().holds).toEqual([]);
  });

  it('tells of accounts that look like a grant and are none, and leaves them alone', async () => {
    accounts.set('cg-0000000000000009', 0);
    await start();
    expect(events).toEqual([
      { kind: 'host.finding', at: now, code: 'account.unknown', subject: 'cg-0000000000000009 0' },
    ]);
    expect(accounts.size).toBe(1);
  });

  it('does not start on a state it cannot read: it might forget what to end', async () => {
    const agent = await start();
    await agent.take(sheet([grant(1)]));
    await agent.stop();
    writeFileSync(join(home, 'state.json'), readFileSync(join(home, 'state.json'), 'utf8').slice(0, -5));
    await expect(start()).rejects.toThrow();
  });
});
