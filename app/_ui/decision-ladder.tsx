/** A verdict as a line going down through the rules: solid until the rule that refused, dotted after. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './decision-ladder.module.css';
import { Glyph, type GlyphState } from './glyph';

export interface LadderStep {
  name: string;
  text: ReactNode;
  /** Stable code of the rule. */
  code?: string;
  state: 'passed' | 'refused' | 'waiting' | 'skipped';
}

export interface Verdict {
  state: 'allowed' | 'refused' | 'waiting';
  title: string;
  text?: ReactNode;
  /** "403 fence.region" */
  code?: string;
}

const GLYPHS: Readonly<Record<LadderStep['state'], GlyphState>> = {
  passed: 'enforced',
  refused: 'refused',
  waiting: 'waiting',
  skipped: 'planned',
};
const VERDICT_GLYPHS: Readonly<Record<Verdict['state'], GlyphState>> = {
  allowed: 'enforced',
  refused: 'refused',
  waiting: 'waiting',
};
const WORDS: Readonly<Record<LadderStep['state'], string>> = {
  passed: 'passed',
  refused: 'refused',
  waiting: 'waiting',
  skipped: 'not reached',
};

export function DecisionLadder({ verdict, steps }: { verdict?: Verdict; steps: readonly LadderStep[] }) {
  return (
    <div>
      {verdict ? (
        <header className={styles.verdict}>
          <Glyph state={VERDICT_GLYPHS[verdict.state]} size={28} />
          <div className={styles.words}>
            <h2 className={styles.title}>{verdict.title}</h2>
            {verdict.text ? <p className={styles.lede}>{verdict.text}</p> : null}
          </div>
          {verdict.code ? <span className={styles.verdictCode}>{verdict.code}</span> : null}
        </header>
      ) : null}
      <ol className={styles.ladder}>
        {steps.map((step) => (
          <li key={step.name} className={clsx(styles.step, styles[step.state])}>
            <span className={styles.mark}>
              <Glyph state={GLYPHS[step.state]} tinted={false} label={WORDS[step.state]} />
            </span>
            <span className={styles.name}>{step.name}</span>
            <span className={styles.text}>{step.state === 'skipped' && !step.text ? 'not reached' : step.text}</span>
            {step.code ? <span className={styles.code}>{step.code}</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}
