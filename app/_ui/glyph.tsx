/**
 * Status glyphs: small cordons, a ring in the line style of its state (12 px box, 1.75 px line).
 * Always beside a word; a glyph alone in a matrix cell gets `label`.
 */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './icon.module.css';

const SHAPES = {
  enforced: (
    <>
      <circle cx="6" cy="6" r="4.4" />
      <circle className={styles.solid} cx="6" cy="6" r="1.7" />
    </>
  ),
  applied: (
    <>
      <circle cx="6" cy="6" r="4.4" strokeDasharray="2.6 2.01" />
    </>
  ),
  planned: (
    <>
      <circle cx="6" cy="6" r="4.4" strokeDasharray=".1 2.66" strokeLinecap="round" />
    </>
  ),
  open: (
    <>
      <path d="M9.4 3.2A4.4 4.4 0 1 0 9.4 8.8" />
    </>
  ),
  refused: (
    <>
      <circle cx="6" cy="6" r="4.4" />
      <path d="M3.1 8.9 8.9 3.1" />
    </>
  ),
  offline: (
    <>
      <path d="M2 6h2.6M7.4 6H10" />
    </>
  ),
  live: (
    <>
      <circle className={styles.solid} cx="6" cy="6" r="4" />
    </>
  ),
  verified: (
    <>
      <circle cx="6" cy="6" r="4.4" strokeWidth="1.5" />
      <path d="m4 6.2 1.5 1.5L8.2 4.8" strokeWidth="1.5" />
    </>
  ),
  waiting: (
    <>
      <circle cx="6" cy="6" r="4.4" strokeWidth="1.5" />
      <path className={styles.solid} d="M6 2.4a3.6 3.6 0 0 1 0 7.2Z" />
    </>
  ),
  closed: (
    <>
      <rect x="2.2" y="2.2" width="7.6" height="7.6" rx="1" />
    </>
  ),
  failed: (
    <>
      <path d="m2.6 2.6 6.8 6.8M9.4 2.6 2.6 9.4" />
    </>
  ),
  none: (
    <>
      <path d="M3.5 6h5" strokeWidth="1.25" />
    </>
  ),
  expires: (
    <>
      <circle cx="6" cy="6" r="4.4" strokeWidth="1.5" />
      <path d="M6 3.6V6l1.6 1" strokeWidth="1.25" />
    </>
  ),
  drift: (
    <>
      <path d="M1.8 7.6c1.4-3 2.8-3 4.2-1.6s2.8 1.4 4.2-1.6" />
    </>
  ),
} satisfies Record<string, ReactNode>;

/** The status vocabulary; the word shown may differ ("In sync" is `enforced`), the shape may not. */
export type GlyphState = keyof typeof SHAPES;
export const GLYPH_STATES = Object.keys(SHAPES) as GlyphState[];

export interface GlyphProps {
  state: GlyphState;
  label?: string;
  /** Colour by state; off inside components that set the colour themselves. */
  tinted?: boolean;
  size?: 12 | 14 | 28;
}

export function Glyph({ state, label, tinted = true, size = 12 }: GlyphProps) {
  return (
    <svg
      className={clsx(styles.glyph, tinted && styles[state], state === 'applied' && styles.turning)}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {SHAPES[state]}
    </svg>
  );
}
