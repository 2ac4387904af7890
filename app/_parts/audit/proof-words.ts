import { formatClock, formatExact, formatNumber } from '@/app/_ui/format';
import type { GlyphState } from '@/app/_ui/glyph';
import type { LogView, ProofState } from '@/lib/transparency/schemas';

/** How it is said where an event stands in the transparency log. */
export interface ProofWords {
  glyph: GlyphState;
  /** For a column headed "Log". */
  word: string;
  /** The whole of it. */
  says: string;
}

export function proofWords(proof: ProofState): ProofWords {
  switch (proof.state) {
    case 'altered':
      return { glyph: 'failed', word: 'Altered', says: 'What is stored is not what the log holds' };
    case 'waiting':
      return { glyph: 'applied', word: 'Waiting', says: 'Waiting for its checkpoint' };
    case 'logged': {
      const word = `#${proof.index}`;
      return {
        glyph: 'enforced',
        word,
        says: `In the log at ${word}, checkpoint of ${formatClock(proof.at, true)} UTC`,
      };
    }
  }
}

/** How the installation's own checks of the log stand. */
export function checkWords({ full }: LogView['checks']): string {
  if (!full) return 'Not checked in full yet.';
  return `Last full check ${formatExact(full.at, true)}: ${full.whole ? 'whole' : 'not whole'}.`;
}

type Failing = LogView['checks']['failing'][number];

/** What a check found wrong, in a sentence. */
export function failureWords({ log, check, code, place, since }: Failing): string {
  const what = check === 'clock' ? 'A clock is off' : 'What is stored is not what was signed';
  const where = check === 'clock' ? '' : ` in ${log}${place === null ? '' : `, from place #${place} on`}`;
  return `${what}${where} (${code}), seen since ${formatExact(since, true)}.`;
}

/** What of the log is gone; nothing where nothing is. Ends in a space. */
export function prunedWords({ pruned: { minimum, later } }: Pick<LogView, 'pruned'>): string {
  if (minimum + later === 0) return '';
  const before = minimum > 0 ? `every record before #${formatNumber(minimum)}` : '';
  const among =
    later > 0 ? `${formatNumber(later)} ${later === 1 ? 'record' : 'records'}${before ? ' after it' : ''}` : '';
  return `Pruned, as was agreed: ${[before, among].filter(Boolean).join(', and ')}. `;
}
