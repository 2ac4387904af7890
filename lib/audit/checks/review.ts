import type { EventSchema } from '../events';

/** The daily review: which kinds of events deserve a look, and from how many in a day on it is out of the ordinary. */
export interface Kind {
  /** Names of events; null: by their outcome. */
  readonly events: readonly EventSchema[] | null;
  /** More than so many a day are a finding. */
  readonly usual: number;
}

export const KINDS = {
  refusals: { events: null, usual: 100 },
  floods: { events: ['refusals.counted@1'], usual: 0 },
  abuse: { events: ['abuse.detected@1', 'password.closed@1', 'sign-in.unusual@1'], usual: 0 },
  policies: {
    events: ['access-policy.changed@1', 'fence.changed@1', 'project.token_policy_changed@1', 'project.mode_changed@1'],
    usual: 20,
  },
  roles: { events: ['member.role_changed@1', 'employee.changed@1', 'invitation.accepted@1'], usual: 20 },
  keys: { events: ['api-key.created@1', 'certificate.added@1', 'passkey.added@1'], usual: 20 },
  reveals: { events: ['certificate.revealed@1'], usual: 5 },
  recoveries: { events: ['recovery.used@1', 'password.reset_offered@1', 'setup.claimed@1'], usual: 5 },
  exports: { events: ['audit.exported@1', 'audit.exported@2', 'audit.downloaded@1'], usual: 20 },
  gaps: { events: ['spool.gap@1', 'spool.dropped@1'], usual: 0 },
  checks: { events: ['audit.check_failed@1'], usual: 0 },
} as const satisfies Record<string, Kind>;

export interface DayCount {
  schema: string;
  outcome: string;
  count: number;
}

export interface Review {
  events: number;
  counts: Record<string, number>;
  /** Kinds of which there were more than is usual. */
  findings: string[];
}

export function review(day: readonly DayCount[]): Review {
  const counts: Record<string, number> = {};
  for (const [kind, { events }] of Object.entries<Kind>(KINDS))
    counts[kind] = day
      .filter(({ schema, outcome }) => (events ? events.includes(schema as EventSchema) : outcome === 'refused'))
      .reduce((sum, { count }) => sum + count, 0);
  return {
    events: day.reduce((sum, { count }) => sum + count, 0),
    counts,
    findings: Object.entries<Kind>(KINDS).flatMap(([kind, { usual }]) => (counts[kind]! > usual ? [kind] : [])),
  };
}
