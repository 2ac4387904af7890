/** A real command to copy, and a block of text a machine reads (terms, manifests, code). */

import styles from './command.module.css';
import { Copy } from './copy';

export function Command({ children }: { children: string }) {
  return (
    <div className={styles.command}>
      <span className={styles.prompt} aria-hidden>
        $
      </span>
      <code className={styles.text}>{children}</code>
      <Copy value={children} label="Copy command" />
    </div>
  );
}

export function CodeBlock({ children, label, copy = true }: { children: string; label: string; copy?: boolean }) {
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={label}>
        <pre className={styles.pre}>
          <code>{children}</code>
        </pre>
      </section>
      {copy ? (
        <span className={styles.corner}>
          <Copy value={children} label={`Copy ${label}`} />
        </span>
      ) : null}
    </div>
  );
}

export interface TermsProps {
  items: readonly (readonly [name: string, value: string])[];
  /** To be read before agreeing, rather than to be looked up. */
  reading?: boolean;
}

/** What is signed or exported, as name and value: exactly the words of the statement. */
export function Terms({ items, reading }: TermsProps) {
  return (
    <dl className={reading ? styles.reading : styles.terms}>
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{seen(value)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Marks that turn the direction of writing around, or take no room: they could make a value read as another. */
const UNSEEN = /([\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff])/u;

const seen = (value: string) =>
  value.split(UNSEEN).map((part, i) =>
    UNSEEN.test(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in its order
      <span key={i} className={styles.unseen}>
        U+{part.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}
      </span>
    ) : (
      part
    ),
  );
