import { join } from 'node:path';
import { type Log, Pulse } from '@/lib/platform';
import { readIfThere, replaceFile } from '@/lib/uplink';
import type { Finding, HostEvent } from '@/lib/uplink/host-events';
import { newLines, type Place } from './follow';
import { loginOf } from './logins';
import type { Held } from './plan';

const EVERY = 500;
const FILE = 'sshd-log.json';

export interface WatchOptions {
  /** sshd's log: one line each, by whatever writes it. */
  file: string;
  home: string;
  held: () => readonly Held[];
  tell: (event: HostEvent) => void;
  find: (code: Finding, subject: string) => void;
  log: Log;
}

/** Holds sshd's own log against the grants, from where it stopped the last time. */
export async function startWatch({
  file,
  home,
  held,
  tell,
  find,
  log,
}: WatchOptions): Promise<{ stop(): Promise<void> }> {
  const pulse = new Pulse();
  const bytes = await readIfThere(join(home, FILE));
  let place: Place | null = bytes
    ? { cuts: 0, ...(JSON.parse(bytes.toString('utf8')) as Omit<Place, 'cuts'> & Partial<Place>) }
    : null;

  async function look(): Promise<void> {
    const gained = newLines(file, place);
    if (!gained) return find('sshd.config', `no log at ${file}`);
    const { inode, cuts } = gained.place;
    for (const { text, end } of gained.lines) {
      const login = loginOf(text, held(), Date.now());
      if (login && 'code' in login) find(login.code, login.subject);
      // Killed before the place is kept, it tells of the line again; control knows it by where it stands.
      else if (login) tell({ ...login, log: `${inode}.${cuts}`, end });
    }
    if (inode === place?.inode && cuts === place.cuts && gained.place.offset === place.offset) return;
    place = gained.place;
    await replaceFile(join(home, FILE), JSON.stringify(place));
  }

  async function live(): Promise<void> {
    while (!pulse.over) {
      await look().catch((error: unknown) => log.warn('host.sshd_log_failed', { error }));
      await pulse.rest(EVERY);
    }
  }
  const living = live();
  return {
    async stop() {
      pulse.end();
      await living;
    },
  };
}
