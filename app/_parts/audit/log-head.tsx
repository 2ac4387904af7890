/** How the transparency log behind a page of events stands: how long it is, what is signed of it, and who else has seen that. */
import Link from 'next/link';
import { formatExact, formatNumber } from '@/app/_ui/format';
import type { LogView } from '@/lib/transparency/schemas';
import { witnessWords } from './proof-words';

export function LogHead({ log }: { log: LogView }) {
  const { size, checkpoint } = log;
  return (
    <p className="small quiet">
      {formatNumber(size)} {size === 1 ? 'entry' : 'entries'} in the log
      {checkpoint
        ? `, newest checkpoint ${formatExact(checkpoint.at, true)} over ${formatNumber(checkpoint.size)}. `
        : '. '}
      {witnessWords(log)}{' '}
      <Link className="link" href="/transparency" prefetch={false}>
        How to check it
      </Link>{' '}
      <a className="link" href="/verify">
        Check a file
      </a>
    </p>
  );
}
