import { formatClock } from '@/app/_ui/format';
import type { GlyphState } from '@/app/_ui/glyph';
import type { ProofState } from '@/lib/transparency/schemas';

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
