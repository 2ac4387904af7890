import { readFileSync } from 'node:fs';
import type { NoteKey } from '@/lib/kernel/log';
import { isWitnessed, MAX_POLICY_BYTES, parsePolicy, type WitnessPolicy } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';

export interface AskedWitness {
  /** As the policy calls it. */
  name: string;
  key: NoteKey;
  /** The witness's submission prefix, without a slash at its end. */
  url: string;
}

/** Whom control asks, and who of them make up the quorum. */
export interface AskedWitnesses {
  witnesses: readonly AskedWitness[];
  quorum: Pick<WitnessPolicy, 'quorum'>;
}

/** Reads a witness policy (C2SP tlog-policy). Throws Error, for whoever configured it, when nothing would be witnessed by it. */
export function readWitnessPolicy(path: string): AskedWitnesses {
  const text = readFileSync(path, 'utf8');
  if (text.length > MAX_POLICY_BYTES) throw new Error('the witness policy is too long');
  const policy = parsePolicy(primitives, text);
  if ('line' in policy) throw new Error(`the witness policy cannot be read: line ${policy.line}`);
  if (isWitnessed(policy, []))
    throw new Error('the witness policy asks for no witness: leave the variable out instead');
  const witnesses = policy.endpoints.map(({ name, key, url }) => {
    const at = url !== null && URL.canParse(url) ? new URL(url) : null;
    if (!at || !/^https?:$/.test(at.protocol) || at.username || at.password || at.search || at.hash)
      throw new Error(`the witness policy names no URL for ${name}, or one that is not plain http or https`);
    if (name.length > 255) throw new Error('a name in the witness policy is too long');
    return { name, key, url: at.href.replace(/\/+$/, '') };
  });
  return { witnesses, quorum: policy };
}
