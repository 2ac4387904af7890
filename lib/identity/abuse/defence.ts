import 'server-only';
import * as store from './store';

/** What staff sees of the sign-in defence: counts and findings, nobody's name. */
export interface FindingView {
  readonly id: string;
  readonly kind: 'brute-force' | 'spray' | 'stuffing';
  readonly scope: 'account' | 'network' | 'agent' | 'all';
  readonly windowSeconds: number;
  /** ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Until when it makes the allowances stricter, unless it goes on. */
  readonly activeUntil: string;
  readonly failures: number;
  readonly accounts: number;
  readonly networks: number;
  readonly unknown: number;
  readonly half: number;
  /** /24 or /48 of a finding of scope `network`; may be empty. */
  readonly network: string;
}

export interface DefenceView {
  /** Of the last 15 minutes, hour and day. */
  readonly counts: readonly { seconds: number; failures: number; accounts: number; networks: number; done: number }[];
  /** Passwords and second factors closed now. */
  readonly closed: { readonly passwords: number; readonly codes: number };
  /** Of the last 90 days, latest first, at most 100. */
  readonly findings: readonly FindingView[];
}

/** Administrators, security officers and auditors; throws `context.required` for others. */
export async function readDefence(secret: string): Promise<DefenceView> {
  const { counts, closed, findings } = await store.readDefence(secret);
  const closedOf = (...kinds: string[]) =>
    closed.filter(({ kind }) => kinds.includes(kind)).reduce((sum, row) => sum + row.closed, 0);
  return {
    counts,
    closed: { passwords: closedOf('account', 'known'), codes: closedOf('code') },
    findings: findings.map(({ subject: _, kind, scope, firstAt, lastAt, activeUntil, ...row }) => ({
      ...row,
      kind: kind as FindingView['kind'],
      scope: scope as FindingView['scope'],
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      activeUntil: activeUntil.toISOString(),
    })),
  };
}
