/** State as word, shape and colour; never colour alone. A normal state keeps its word in content 1. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Glyph, type GlyphState } from './glyph';
import styles from './status.module.css';

const WORDS: Readonly<Record<GlyphState, string>> = {
  enforced: 'Enforced',
  applied: 'Applied',
  planned: 'Planned',
  open: 'Open',
  waiting: 'Waiting',
  refused: 'Refused',
  failed: 'Failed',
  offline: 'Offline',
  verified: 'Verified',
  closed: 'Closed',
  expires: 'Expires',
  drift: 'Drift',
  live: 'Live',
  none: '–',
};

export interface StatusProps {
  state: GlyphState;
  /** The word of this place ("In sync", "Included"); the default is the vocabulary's own word. */
  word?: string;
  /** Quiet addition behind the word, such as 9/11. */
  detail?: ReactNode;
  small?: boolean;
}

export function Status({ state, word, detail, small }: StatusProps) {
  return (
    <span className={clsx(styles.status, styles[state], small && 'small')}>
      <Glyph state={state} />
      <span>
        {word ?? WORDS[state]}
        {detail === undefined ? null : <span className={styles.detail}> {detail}</span>}
      </span>
    </span>
  );
}
