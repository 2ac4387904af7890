import { formatExact, formatNumber } from '@/app/_ui/format';
import type { Comparison } from './remembered';

export interface ComparisonWords {
  tone: 'quiet' | 'success' | 'notice' | 'danger';
  title: string;
  says: string;
}

const DIVERGED = {
  shorter: 'It has fewer entries than this browser saw.',
  unsigned: 'It is signed by none of its keys.',
  forked: 'It is not a continuation of what this browser saw: entries were changed, removed or put in between.',
} as const;
const UNKNOWN = {
  unreachable: 'The tiles that would show it could not be fetched.',
  tiles: 'The tiles that were fetched do not give the root that is signed.',
} as const;

/** `seenAt`: of the earlier visit, Unix milliseconds. */
export function comparisonWords(comparison: Comparison, seenAt: number | null): ComparisonWords {
  const since = seenAt === null ? '' : formatExact(seenAt);
  switch (comparison.state) {
    case 'first':
      return {
        tone: 'quiet',
        title: 'This browser saw this log for the first time.',
        says: 'It remembers the checkpoint and compares at the next visit.',
      };
    case 'consistent':
      return comparison.grown === 0
        ? { tone: 'success', title: 'The same as at your last visit.', says: `Seen ${since}.` }
        : {
            tone: 'success',
            title: 'Continues what this browser saw.',
            says: `${grown(comparison.grown)} since ${since}; computed here from the tiles.`,
          };
    case 'rekeyed':
      return {
        tone: 'notice',
        title: 'The key of this log has changed.',
        says: `It continues what this browser saw ${since}, and none of the keys known then signed it. Ask whoever runs this log, by another way than this page, whether the key is theirs.`,
      };
    case 'diverged':
      return {
        tone: 'danger',
        title: `This is not the log that this browser saw ${since}.`.replace(' .', '.'),
        says: `${DIVERGED[comparison.why]} Keep both notes below, compare them with what others hold, and ask the witnesses. Whoever signed both has shown two histories.`,
      };
    case 'unknown':
      return {
        tone: 'notice',
        title: 'Could not be compared with your last visit.',
        says: `${UNKNOWN[comparison.why]} What this browser saw ${since} is kept; load the page again.`,
      };
  }
}

const grown = (entries: number): string =>
  `${formatNumber(entries)} ${entries === 1 ? 'entry has' : 'entries have'} been added`;
