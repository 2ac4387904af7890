/** How the transparency log behind a page of events stands: how long it is, what is signed of it, who else has seen that, and what checks found. */
import Link from 'next/link';
import { witnessWords } from '@/app/_parts/transparency/witness-words';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Note } from '@/app/_ui/note';
import type { LogView } from '@/lib/transparency/schemas';
import { checkWords, failureWords, prunedWords } from './proof-words';

const SHOWN = 3;

export function LogHead({ log }: { log: LogView }) {
  const { size, checkpoint, witnesses, checks } = log;
  const { title, says } = witnessWords(witnesses);
  return (
    <>
      {witnesses.diverged > 0 ? (
        <Note tone="danger" title={title}>
          {says} Keep every proof and checkpoint you have.
        </Note>
      ) : null}
      {checks.failing.length > 0 ? (
        <Note tone="danger" title="A check failed.">
          {checks.failing.slice(0, SHOWN).map(failureWords).join(' ')}
          {checks.failing.length > SHOWN ? ` And ${checks.failing.length - SHOWN} more.` : null}
        </Note>
      ) : null}
      <p className="small quiet">
        {formatNumber(size)} {size === 1 ? 'entry' : 'entries'} in the log
        {checkpoint
          ? `, newest checkpoint ${formatExact(checkpoint.at, true)} over ${formatNumber(checkpoint.size)}. `
          : '. '}
        {prunedWords(log)}
        {witnesses.diverged > 0 ? null : `${title} ${says} `}
        {checkWords(checks)}{' '}
        <Link className="link" href="/transparency" prefetch={false}>
          How to check it
        </Link>
        ,{' '}
        <a className="link" href="/verify">
          check a file
        </a>
        .
      </p>
    </>
  );
}
