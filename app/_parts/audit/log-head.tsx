/** How the transparency log behind a page of events stands: how long it is, what is signed of it, and who else has seen that. */
import Link from 'next/link';
import { witnessWords } from '@/app/_parts/transparency/witness-words';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Note } from '@/app/_ui/note';
import type { LogView } from '@/lib/transparency/schemas';

export function LogHead({ log }: { log: LogView }) {
  const { size, checkpoint, witnesses } = log;
  const { title, says } = witnessWords(witnesses);
  const line = (
    <p className="small quiet">
      {formatNumber(size)} {size === 1 ? 'entry' : 'entries'} in the log
      {checkpoint
        ? `, newest checkpoint ${formatExact(checkpoint.at, true)} over ${formatNumber(checkpoint.size)}. `
        : '. '}
      {witnesses.diverged > 0 ? null : `${title} ${says} `}
      <Link className="link" href="/transparency" prefetch={false}>
        How to check it
      </Link>{' '}
      <a className="link" href="/verify">
        Check a file
      </a>
    </p>
  );
  if (witnesses.diverged === 0) return line;
  return (
    <>
      <Note tone="danger" title={title}>
        {says} Keep every proof and checkpoint you have.
      </Note>
      {line}
    </>
  );
}
