import { ED25519, type NoteKey, parseVkey } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { WitnessError } from './errors';

/** Logs that a witness watches: keys by origin. */
export type WatchedLogs = ReadonlyMap<string, readonly NoteKey[]>;

/**
 * A vkey stands for the log that is named like its key, and for the operator log of a Cordon, whose key is named without the last part
 * (`console.example/audit` signs `console.example/audit/operator`). A log that is named otherwise follows its vkey after a space. Two keys of one
 * name are an old and a new one. Throws `WitnessError`.
 */
export function watchedLogs(vkeys: readonly string[]): WatchedLogs {
  const logs = new Map<string, NoteKey[]>();
  for (const said of vkeys) {
    // A vkey has no space; an origin may.
    const [, vkey = '', named] = /^(\S*)(?: (.+))?$/.exec(said) ?? [];
    const key = parseVkey(primitives, vkey);
    if (key?.algorithm !== ED25519) throw new WitnessError('a log is named by its vkey, of an Ed25519 key');
    for (const origin of named ? [named] : [key.name, `${key.name}/operator`])
      logs.set(origin, [...(logs.get(origin) ?? []), key]);
  }
  if (logs.size === 0) throw new WitnessError('a witness needs the vkey of at least one log');
  return logs;
}
