import type { ActStatement } from '@/lib/kernel/act';
import { type Rebuilt, rebuild } from '@/lib/kernel/grant';
import { primitives } from '@/lib/primitives';
import type { Output } from './command';
import { instant, quote } from './terminal';

/** An act whose signature is good. */
export interface SignedAct {
  /** Where in the input, from 1. */
  n: number;
  statement: ActStatement;
  /** base64url. */
  authenticatorData: string;
}

/** Where requests for production stand by acts that were signed; null when no request is among them. */
export interface Production {
  requests: Rebuilt['requests'];
  /** Signed, and of no effect by the rules of lib/kernel/grant. */
  refused: { n: number; code: string }[];
  designationsChecked: boolean;
}

const BACKUP_ELIGIBLE = 0x08;
const FLAGS_AT = 32;

/** `now` in Unix seconds. */
export function productionOf(acts: readonly SignedAct[], now: number): Production | null {
  const evidence = acts.map(({ statement, authenticatorData }) => ({
    act: statement,
    deviceBound: (Buffer.from(authenticatorData, 'base64url').readUInt8(FLAGS_AT) & BACKUP_ELIGIBLE) === 0,
  }));
  const { requests, refused, designationsChecked } = rebuild(evidence, now, primitives);
  if (requests.length === 0) return null;
  return { requests, refused: refused.map(({ index, code }) => ({ n: acts[index]!.n, code })), designationsChecked };
}

export function printProduction(out: Output, { requests, refused, designationsChecked }: Production): void {
  out.line();
  out.line(
    'Access to production, by these signatures alone (an early end is no signature; times are up to five minutes early):',
  );
  for (const { id, standing } of requests) {
    const { state, why, startsAt, deadline, missing } = standing;
    const when = startsAt !== null && deadline !== null ? `, ${instant(startsAt)} to ${instant(deadline)}` : '';
    out.line(`  ${quote(id)}  ${state}${why ? ` (${why})` : ''}${when}`);
    for (const { role, count } of missing) out.line(`    missing: ${count} of ${quote(role)}`);
  }
  for (const { n, code } of refused) out.line(`  ${n}. does not count: ${code}`);
  if (!designationsChecked)
    out.line("  The committee's decisions are not among these acts: who was designated has not been checked.");
}
