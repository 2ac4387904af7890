import { formatExact, formatNumber } from '@/app/_ui/format';
import type { GlyphState } from '@/app/_ui/glyph';
import type { WitnessSummary, WitnessView } from '@/lib/transparency/schemas';

/** How it is said who outside vouches for the operator's log, and so for every log. Never more than is known. */
export interface WitnessWords {
  tone: 'notice' | 'danger' | 'success' | 'accent';
  title: string;
  says: string;
}

export function witnessWords(witnesses: WitnessSummary): WitnessWords {
  if (witnesses.diverged > 0) return diverged(witnesses);
  const { verdict, asked, last } = witnesses;
  switch (verdict) {
    case 'unwitnessed':
      return { tone: 'notice', title: 'Unwitnessed.', says: 'Nobody outside has countersigned this log.' };
    case 'waiting':
      return {
        tone: 'notice',
        title: 'Not witnessed yet.',
        says: `${counted(asked)} asked; not enough have answered.`,
      };
    case 'witnessed':
      return {
        tone: 'success',
        title: `Witnessed by ${last?.cosigned ?? 0} of ${asked}, policy satisfied.`,
        says: last ? `Last at ${formatExact(last.at, true)}, over ${entries(last.size)} of the operator’s log.` : '',
      };
    case 'lapsed':
      return {
        tone: 'notice',
        title: last ? `Not witnessed since ${formatExact(last.at, true)}.` : 'Not witnessed.',
        says:
          asked === 0
            ? 'Nobody is asked any more.'
            : `${counted(asked)} asked; not enough have answered for ten minutes.`,
      };
  }
}

const diverged = ({ diverged: those, asked }: WitnessSummary): WitnessWords => ({
  tone: 'danger',
  title: 'A witness has seen another history.',
  says: `${those} of ${asked} ${those === 1 ? 'says' : 'say'} that this log is not the one that was cosigned before.`,
});

const counted = (asked: number): string => `${asked} ${asked === 1 ? 'witness is' : 'witnesses are'}`;
const entries = (size: number): string => `${formatNumber(size)} ${size === 1 ? 'entry' : 'entries'}`;

const STATES = {
  new: { state: 'planned', word: 'Not asked yet' },
  cosigning: { state: 'verified', word: 'Cosigns' },
  failing: { state: 'open', word: 'Does not cosign' },
  diverged: { state: 'failed', word: 'Diverged' },
} as const satisfies Record<WitnessView['state'], { state: GlyphState; word: string }>;

export const witnessStatus = ({ state }: Pick<WitnessView, 'state'>) => STATES[state];

const REASONS: Readonly<Record<string, string>> = {
  'witness.unreachable': 'did not answer within a second',
  'witness.unknown_log': 'does not watch this log',
  'witness.unknown_key': 'does not know the key of this log',
  'witness.failed': 'answered with an error',
  'witness.conflict': 'is asked by somebody else at the same time',
  'witness.false_cosignature': 'answered without a cosignature that verifies',
  'witness.wrong_time': 'cosigned with a time more than five minutes off',
  'witness.ahead': 'has cosigned a longer log than there is now',
  'witness.other_history': 'says that this log does not continue the one it cosigned',
  'log.disagrees': 'was not asked: the stored log does not give the signed root',
};

/** Why it does not cosign; an en dash when it does. */
export const witnessReason = ({ code }: Pick<WitnessView, 'code'>): string =>
  code === null ? '–' : (REASONS[code] ?? code);
