import { join } from 'node:path';
import { type Log, Pulse } from '@/lib/platform';
import { makeFolder, readIfThere, replaceFile } from '@/lib/uplink';
import type { HostStanding } from '@/lib/uplink/access-sync';
import type { Finding, HostEvent } from '@/lib/uplink/host-events';
import type { UidRange } from './accounts';
import type { Machine } from './machine';
import { type Held, nextAt, plan, withTimes } from './plan';
import { principalsFile } from './principals';
import { type SheetRefusal, type SignedSheet, takeSheet } from './sheet';
import { emptyState, readState, type State, stateText } from './state';

export interface AgentOptions {
  /** `host:<name>`. */
  target: string;
  /** Raw Ed25519 keys of sheets, pinned by whoever set this host up. */
  keys: readonly Uint8Array[];
  /** Of root alone. */
  home: string;
  range: UidRange;
  /** Whether everything ends as soon as there is no fresh sheet. */
  strict?: boolean;
  machine: Machine;
  /** For control. Must not throw. */
  tell: (event: HostEvent) => void;
  /** Called after every turn in which something has changed. */
  onChange?: () => void;
  /** Unix milliseconds. */
  now?: () => number;
  log: Log;
}

const FILE = 'state.json';
/** Milliseconds between looks when nothing calls for one sooner. */
const TURN = 250;
/** Between searches of all processes and accounts for what should not be there, and between attempts to end what resists. */
const SWEEP = 1_000;
/** Said again after so long, if it is still so. */
const REPEAT = 3_600_000;

export interface Agent {
  /** Takes a sheet from control. Answers why not, or null. */
  take(signed: SignedSheet): Promise<SheetRefusal | null>;
  standing(): HostStanding;
  /** Grants that have something here. */
  held(): readonly Held[];
  /** Tells a difference, once an hour each. */
  find(code: Finding, subject: string): void;
  stop(): Promise<void>;
}

/**
 * Keeps this host as its newest sheet says. It acts on what it has written down: a grant is on disk before its account is made, and stays until
 * nothing of it is left. Without control it goes on by the known deadlines.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { target, keys, home, range, machine, tell, log, strict = false } = options;
  const now = options.now ?? Date.now;
  const onChange = options.onChange ?? (() => undefined);
  await makeFolder(home);
  const path = join(home, FILE);
  const bytes = await readIfThere(path);
  let state: State = bytes ? readState(bytes.toString('utf8')) : emptyState(range);
  const left = new Map<string, string[]>();
  const said = new Map<string, number>();
  const pulse = new Pulse();
  let sweptAt = Number.NEGATIVE_INFINITY;
  let principals = '';

  const save = async (next: State): Promise<void> => {
    await replaceFile(path, stateText(next));
    state = next;
  };
  /** One after the other: sheets arrive while grants are being ended. */
  let writing: Promise<void> = Promise.resolve();
  const change = (make: (state: State) => State): Promise<void> => {
    writing = writing.catch(() => undefined).then(() => save(make(state)));
    return writing;
  };

  const find = (code: Finding, subject: string): void => {
    const key = `${code} ${subject}`;
    if (now() - (said.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT) return;
    said.set(key, now());
    log.warn('host.finding', { code, name: subject });
    tell({ kind: 'host.finding', at: now(), code, subject });
  };

  /** Before anything ends, nobody can get in any more. */
  const publish = (): void => {
    const seconds = now() / 1000;
    const ending = new Set(plan(state.sheet, state.held, seconds, { strict }).end);
    const text = principalsFile(
      state.sheet,
      state.held.filter((one) => !ending.has(one)),
      seconds,
    );
    if (text !== principals) machine.writePrincipals(text);
    principals = text;
  };

  async function tryToEnd(held: Held): Promise<void> {
    try {
      await end(held);
    } catch (error) {
      log.error('host.end_failed', { name: held.grant, error });
    }
  }

  async function end(held: Held): Promise<void> {
    const { grant, account } = held;
    const { left: rest, ...found } = await machine.end(held);
    if (rest.length === 0) {
      await change((state) => ({ ...state, held: state.held.filter((one) => one.grant !== grant) }));
      left.delete(grant);
      void clean();
      log.info('host.closed', { name: grant, count: found.killed });
      tell({ kind: 'host.closed', at: now(), grant, account, ...found });
      return;
    }
    const before = left.get(grant);
    left.set(grant, rest);
    if (before?.join() === rest.join()) return;
    log.warn('host.left', { name: grant, count: rest.length });
    tell({ kind: 'host.left', at: now(), grant, account, left: rest });
  }

  /** One search at a time; what ends during one is looked for by the next. */
  let cleaning: Promise<void> | null = null;
  let again = false;
  function clean(): Promise<void> {
    again = cleaning !== null;
    cleaning ??= machine
      .removeFiles(state.nextUid, state.held)
      .then(
        (files) => (files > 0 ? tell({ kind: 'host.files', at: now(), files }) : undefined),
        (error: unknown) => log.warn('host.files_failed', { error }),
      )
      .finally(() => {
        cleaning = null;
        if (again && !pulse.over) void clean();
      });
    return cleaning;
  }

  async function begin({ grant, account, startsAt, deadline }: Omit<Held, 'uid'>): Promise<void> {
    const uid = state.nextUid;
    if (uid > range.to) return find('account.failed', account);
    const held: Held = { grant, account, uid, startsAt, deadline };
    // A sheet without it may have come meanwhile, and control have been told that nothing of it is here.
    await change((state) =>
      state.sheet?.grants.some(({ id }) => id === grant)
        ? { ...state, held: [...state.held, held], nextUid: uid + 1 }
        : state,
    );
    if (!state.held.includes(held)) return;
    if (await ensure(held)) tell({ kind: 'host.opened', at: now(), grant, account, uid });
  }

  async function ensure(held: Held): Promise<boolean> {
    try {
      await machine.ensure(held);
      return true;
    } catch (error) {
      log.error('host.account_failed', { name: held.account, error });
      find('account.failed', held.account);
      return false;
    }
  }

  async function turn(): Promise<void> {
    const seconds = now() / 1000;
    const todo = plan(state.sheet, state.held, seconds, { strict });
    publish();
    const isSweep = now() - sweptAt >= SWEEP || now() < sweptAt;
    const ends = todo.end.filter(({ grant }) => isSweep || !left.has(grant));
    // All at once, so that everything is killed before the first account is removed.
    await Promise.all(ends.map(tryToEnd));
    for (const grant of todo.begin) await begin(grant);
    publish();
    machine.gather(state.held);
    if (isSweep) await sweep();
    if (todo.begin.length + ends.length > 0) onChange();
  }

  async function sweep(): Promise<void> {
    sweptAt = now();
    for (const uid of machine.sweep(state.held)) find('process.unknown', `uid ${uid}`);
    const known = new Map(state.held.map(({ account, uid }) => [account, uid]));
    const accounts = machine.accounts();
    for (const { name, uid } of accounts) if (known.get(name) !== uid) find('account.unknown', `${name} ${uid}`);
    const there = new Set(accounts.map(({ name }) => name));
    const ending = new Set(plan(state.sheet, state.held, now() / 1000, { strict }).end);
    for (const held of state.held) if (!there.has(held.account) && !ending.has(held)) await ensure(held);
  }

  async function live(): Promise<void> {
    while (!pulse.over) {
      pulse.heard();
      try {
        await turn();
      } catch (error) {
        log.error('host.turn_failed', { error });
        await pulse.rest(TURN);
      }
      const at = nextAt(state.sheet, state.held, now() / 1000);
      await pulse.rest(Math.max(1, Math.min(TURN, at === null ? TURN : at * 1000 - now())));
    }
  }

  // What fell due while nobody was here goes before the first sheet.
  await turn().catch((error: unknown) => log.error('host.turn_failed', { error }));
  void clean();
  const living = live();
  return {
    async take(signed) {
      const sheet = takeSheet(signed, { target, keys, seq: state.sheet?.seq ?? 0 });
      if (typeof sheet === 'string') {
        find('sheet.refused', sheet);
        return sheet;
      }
      await change((state) =>
        sheet.seq > (state.sheet?.seq ?? 0) ? { ...state, signed, sheet, held: withTimes(sheet, state.held) } : state,
      );
      publish();
      pulse.poke();
      return null;
    },
    standing: () => ({
      seq: state.sheet?.seq ?? 0,
      issuedAt: state.sheet?.issuedAt ?? 0,
      holds: state.held.map(({ grant }) => ({ grant, left: left.get(grant) ?? null })),
    }),
    held: () => state.held,
    find,
    async stop() {
      pulse.end();
      await living;
      await writing;
      await cleaning;
    },
  };
}
