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

/** What is signed or exported, as name and value: exactly the words of the statement. */
export function Terms({ items }: { items: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className={styles.terms}>
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
