import { ED25519, MAX_NOTE_BYTES, type NoteKey, parseNote, parseVkey } from '@/lib/kernel/log';
import { MAX_POLICY_BYTES, parsePolicy, type WitnessPolicy } from '@/lib/kernel/pack';
import { host } from './host';

/** What the auditor brings along beside the file, as it was typed or read. Empty: not brought. */
export interface Brought {
  vkeys: string;
  origin: string;
  head: string;
  policy: string;
}

export interface Believed {
  keys: NoteKey[];
  origin: string | undefined;
  head: Uint8Array | undefined;
  policy: WitnessPolicy | undefined;
}

/** Which of them cannot be used, and why. */
export interface Unusable {
  field: keyof Brought | 'file';
  says: string;
}

const MAX_KEYS_CHARACTERS = 65_536;

/** Reads what the auditor brought. All of it will be believed, so nothing of it is passed over. */
export function parseBrought({ vkeys, origin, head, policy }: Brought): Believed | Unusable {
  const keys = parseKeys(vkeys);
  if (typeof keys === 'string') return { field: 'vkeys', says: keys };
  if (head.length > MAX_NOTE_BYTES || (head.trim() !== '' && !parseNote(whole(head)))) {
    return {
      field: 'head',
      says: 'This is not a checkpoint. It is the file “checkpoint” of an earlier pack, whole, with the empty line and the signature at its end.',
    };
  }
  const parsed = policy.trim() === '' ? undefined : parsePolicy(host, policy);
  if (policy.length > MAX_POLICY_BYTES)
    return { field: 'policy', says: 'This is longer than a witness policy can be.' };
  if (parsed && 'line' in parsed) {
    return {
      field: 'policy',
      says: `Line ${parsed.line} is wrong. A witness policy has the form of C2SP tlog-policy.`,
    };
  }
  return {
    keys: [...keys, ...(parsed?.logs ?? [])],
    origin: origin.trim() || undefined,
    // What is copied from a page may lack the end of its last line.
    head: head.trim() === '' ? undefined : new TextEncoder().encode(whole(head)),
    policy: parsed,
  };
}

const whole = (note: string): string => (note.endsWith('\n') ? note : `${note}\n`);

/** One vkey a line; empty lines and those that begin with # are left out. Answers what is wrong instead of throwing. */
function parseKeys(text: string): NoteKey[] | string {
  if (text.length > MAX_KEYS_CHARACTERS) return 'This is longer than verifier keys can be.';
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const keys = lines.map((line) => parseVkey(host, line));
  if (!keys.every((key) => key !== null)) {
    return `Line ${keys.indexOf(null) + 1} is not a verifier key. One looks like console.example/audit+1a2b3c4d+AbCd…`;
  }
  if (keys.length > 0 && !keys.some(({ algorithm }) => algorithm === ED25519)) {
    return 'These are keys of witnesses. One of the log is needed.';
  }
  return keys;
}
