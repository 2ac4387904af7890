import { type Cosigned, formatAddCheckpoint, readCosigned, readWitnessSize } from '@/lib/kernel/log';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import type { AskedWitness } from './config';
import { type Posted, post } from './post';

/** Why a witness does not cosign. `diverged`: it says that it has seen another history of the log. */
export type FailingCode =
  | 'witness.unreachable'
  | 'witness.unknown_log'
  | 'witness.unknown_key'
  | 'witness.failed'
  | 'witness.conflict'
  | 'witness.false_cosignature'
  | 'witness.wrong_time'
  | 'log.disagrees';
export type DivergedCode = 'witness.ahead' | 'witness.other_history';

export type Asked =
  | { outcome: 'cosigned'; cosigned: Cosigned }
  /** It has cosigned another size than we thought. */
  | { outcome: 'elsewhere'; size: number }
  | { outcome: 'failing'; code: FailingCode }
  | { outcome: 'diverged'; code: DivergedCode };

export interface Question {
  old: number;
  proof: readonly Uint8Array[];
  /** The signed checkpoint and its text. */
  note: string;
  text: string;
  /** Unix milliseconds. */
  now: number;
}

/** A cosignature of another time than ours says nothing about when: clocks of witnesses are theirs, but not by this much. */
const MAX_SKEW_SECONDS = 300;
const SIZE_TYPE = 'text/x.tlog.size';

/** One request of C2SP tlog-witness, and what its answer means. Nothing in the answer is believed unverified but a size. */
export async function ask({ key, url }: AskedWitness, question: Question): Promise<Asked> {
  const posted = await post(`${url}/add-checkpoint`, formatAddCheckpoint(question));
  if (!posted) return { outcome: 'failing', code: 'witness.unreachable' };
  if (posted.status !== 200) return refused(posted);
  const cosigned = await readCosigned(question.text, posted.text, key, verifyEd25519);
  if (!cosigned) return { outcome: 'failing', code: 'witness.false_cosignature' };
  if (Math.abs(cosigned.time - question.now / 1_000) > MAX_SKEW_SECONDS)
    return { outcome: 'failing', code: 'witness.wrong_time' };
  return { outcome: 'cosigned', cosigned };
}

function refused({ status, type, text }: Posted): Asked {
  switch (status) {
    case 403:
      return { outcome: 'failing', code: 'witness.unknown_key' };
    case 404:
      return { outcome: 'failing', code: 'witness.unknown_log' };
    case 409: {
      const size = type === SIZE_TYPE ? readWitnessSize(text) : null;
      return size === null ? { outcome: 'failing', code: 'witness.failed' } : { outcome: 'elsewhere', size };
    }
    case 422:
      // Our proof is made of the tiles that the keyring had us sign: whoever finds it wrong began elsewhere.
      return { outcome: 'diverged', code: 'witness.other_history' };
    default:
      return { outcome: 'failing', code: 'witness.failed' };
  }
}
