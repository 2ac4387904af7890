/**
 * Events of the audit log in the Open Cybersecurity Schema Framework, for a SIEM. Pure: an entry as it is read, and its place in the log, become
 * one event of the pinned version. README: which event becomes what.
 */
import { toHex } from '@/lib/kernel/encoding';
import { parseCheckpointText, parseNote } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import type { LogFacts } from './event';

export { MAPPING_VERSION, OCSF_VERSION } from './classes';
export { type LogFacts, ocsfEvent, ocsfFault, type Place } from './event';

const ED25519_BYTES = 64;

/** What a checkpoint says of its log: the origin, and who signed (cosignatures of witnesses are longer). Throws TypeError for what is no checkpoint. */
export function logFacts(checkpoint: string): LogFacts {
  const note = parseNote(checkpoint);
  const parsed = note && parseCheckpointText(note.text);
  if (!note || !parsed) throw new TypeError('not a checkpoint');
  const digest = toHex(primitives.sha256(Buffer.from(note.text, 'utf8')));
  return {
    origin: parsed.origin,
    signatures: note.signatures
      .filter(({ signature }) => signature.length === ED25519_BYTES)
      .map(({ name, id }) => ({
        algorithm_id: 99,
        algorithm: 'Ed25519',
        developer_uid: `${name}+${id.toString(16).padStart(8, '0')}`,
        digest: { algorithm_id: 3, algorithm: 'SHA-256', value: digest },
      })),
  };
}
