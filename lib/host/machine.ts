import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountExists, makeAccount, readAccounts, type UidRange } from './accounts';
import { Cgroups } from './cgroup';
import { type Ended, endGrant } from './end';
import { PLACES, type Places, removeShared } from './leftovers';
import type { Held } from './plan';
import { principalsProgram } from './principals';
import { isOf, kill, readProcesses } from './processes';

/** What the agent does to the machine it runs on, so that its rules can be tried without one. */
export interface Machine {
  /** The file that sshd's logins are judged by, replaced as a whole. */
  writePrincipals(text: string): void;
  /** Makes the account unless it is there. */
  ensure(held: Held): Promise<void>;
  end(held: Held): Promise<Ended>;
  /** Keeps what runs for a grant together. */
  gather(held: readonly Held[]): void;
  /** Kills what runs with a uid of the range that none of these grants has. Answers the uids. */
  sweep(held: readonly Held[]): number[];
  /** Removes files of former grants, whose uids are below `before`, where everybody may write. Answers how many. */
  removeFiles(before: number, held: readonly Held[]): Promise<number>;
  /** Accounts of grants, or that look like it. */
  accounts(): { name: string; uid: number }[];
}

export interface MachineOptions {
  range: UidRange;
  /** Of root, for sshd: the file and the program. Below no folder that others may write to, or sshd will not run it. */
  run: string;
  homes: string;
  places?: Places;
  cgroups?: Cgroups;
}

const KILL_MILLISECONDS = 5_000;

export function thisMachine({ range, run, homes, places = PLACES, cgroups = new Cgroups() }: MachineOptions): Machine {
  const inRange = (uid: number) => uid >= range.from && uid <= range.to;
  const options = { cgroups, places, milliseconds: KILL_MILLISECONDS };
  mkdirSync(run, { recursive: true, mode: 0o755 });
  replace(join(run, 'cordon-host-principals'), principalsProgram(join(run, 'principals')), 0o755);
  return {
    writePrincipals: (text) => replace(join(run, 'principals'), text, 0o644),
    async ensure({ account, uid }) {
      if (!accountExists(account)) await makeAccount({ name: account, uid }, homes);
    },
    async end(held) {
      // A state that was written by somebody else must not make us kill what is not a grant's.
      if (!inRange(held.uid)) throw new RangeError('uid of a grant');
      return await endGrant(held, options);
    },
    gather(held) {
      for (const { account, uid } of held) cgroups.gather(account, uid);
    },
    sweep(held) {
      const kept = held.map(({ uid }) => isOf(uid));
      const strays = readProcesses().flatMap((process) => {
        const uid = [...process.uids, process.loginUid ?? -1].find(inRange);
        return uid === undefined || kept.some((is) => is(process)) ? [] : [{ pid: process.pid, uid }];
      });
      for (const { pid } of strays) kill(pid);
      return [...new Set(strays.map(({ uid }) => uid))];
    },
    removeFiles: (before, held) => removeShared({ from: range.from, before, kept: held.map(({ uid }) => uid) }, places),
    accounts: () => readAccounts(range),
  };
}

/** No reader ever sees half of it. */
function replace(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}
