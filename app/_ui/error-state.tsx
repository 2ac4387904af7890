/**
 * An error says what happened, what it means for enforcement, what to do, the code and the request.
 * What holds is said before what failed.
 */
import type { ReactNode } from 'react';
import { Copy } from './copy';
import styles from './error-state.module.css';
import { Line } from './track';

export interface ErrorStateProps {
  title: string;
  /** What happened. */
  children: ReactNode;
  /** What it means for enforcement, in one sentence; set in content 1. */
  means?: ReactNode;
  facts?: readonly { term: string; value: ReactNode }[];
  code?: string;
  request?: string;
  action?: ReactNode;
  /** As the page's own title (h1) instead of a section's. */
  page?: boolean;
}

export function ErrorState({ title, children, means, facts = [], code, request, action, page }: ErrorStateProps) {
  const Title = page ? 'h1' : 'h2';
  return (
    <section className={styles.error} role="alert">
      <Line kind="broken" wide />
      <Title className={styles.title} tabIndex={page ? -1 : undefined}>
        {title}
      </Title>
      <p className={styles.text}>
        {children}
        {means ? <span className={styles.means}> {means}</span> : null}
      </p>
      <dl className={styles.facts}>
        {facts.map((fact) => (
          <div key={fact.term}>
            <dt>{fact.term}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
        {code ? (
          <div>
            <dt>Code</dt>
            <dd className="mono">{code}</dd>
          </div>
        ) : null}
        {request ? (
          <div>
            <dt>Request</dt>
            <dd className="mono">
              {request} <Copy value={request} label="Copy request ID" />
            </dd>
          </div>
        ) : null}
      </dl>
      {action ? <div className={styles.action}>{action}</div> : null}
    </section>
  );
}
