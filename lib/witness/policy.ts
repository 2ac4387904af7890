import { COSIGNATURE, parseVkey } from '@/lib/kernel/log';
import { parsePolicy } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { WitnessError } from './errors';

export interface PolicyWitness {
  vkey: string;
  /** Where it is asked; null in a policy that only verifies. */
  url: string | null;
}

/**
 * A witness policy (C2SP tlog-policy): any `quorum` of these, called by the names of their keys. Throws `WitnessError` when a vkey is no cosigner's, when
 * one comes twice, or when there are fewer than the quorum.
 */
export function formatPolicy(witnesses: readonly PolicyWitness[], quorum: number): string {
  const names = witnesses.map(({ vkey }, i) => {
    const key = parseVkey(primitives, vkey);
    if (key?.algorithm !== COSIGNATURE) throw new WitnessError(`vkey ${i + 1} is not that of a witness`);
    return key.name;
  });
  const text = [
    ...witnesses.map(({ vkey, url }, i) => `witness ${names[i]} ${vkey}${url === null ? '' : ` ${url}`}`),
    `group quorum-of-all ${quorum} ${names.join(' ')}`,
    'quorum quorum-of-all',
    '',
  ].join('\n');
  const parsed = parsePolicy(primitives, text);
  if ('line' in parsed) {
    throw new WitnessError(
      parsed.line <= witnesses.length
        ? `witness ${parsed.line} comes twice, or its URL has spaces`
        : `the quorum is from 1 to ${witnesses.length}`,
    );
  }
  return text;
}
