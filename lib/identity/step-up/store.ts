import 'server-only';
import { askDigest, type StepUpAsk } from '@/lib/authz';
import { asMember, asPerson, door, type Tx, withoutTenant } from '@/lib/db';
import { GRANT_ACTS } from '@/lib/kernel/grant';
import { isCordonError } from '@/lib/platform';
import type { CodeProof } from '../factors/totp';
import type { Assertion } from '../factors/webauthn';
import { appendAgreed, appendOwn, appendOwnIn, type Somebody } from '../store';

/** Confirmations of acts: what will do, whose log it belongs in, and writing it down. */
export const takesCodeFor = (secret: string, action: string): Promise<boolean> =>
  withoutTenant((tx) => door.takesCodeFor(tx, secret, action));

export const hasStepUp = (secret: string, ask: StepUpAsk): Promise<boolean> =>
  withoutTenant((tx) => door.hasStepUp(tx, secret, ask.action, ask.object, askDigest(ask)));

export interface Concerned {
  readonly organisationId: string;
  readonly role: string;
}

/** Of the person's organisations the one that this is, or that this project or certificate belongs to, and their role there; null when none. */
export async function organisationOf(secret: string, object: string): Promise<Concerned | null> {
  const memberships = await asPerson(secret, (tx, who) =>
    tx.prisma.membership.findMany({ where: { userId: who.userId }, select: { organisationId: true, role: true } }),
  );
  const where = { OR: [{ id: object }, { certificates: { some: { id: object } } }] };
  for (const { organisationId, role } of memberships) {
    if (organisationId === object) return { organisationId, role };
    const found = await asMember(secret, organisationId, (tx) => tx.prisma.project.count({ where })).catch(turnedAway);
    if (found > 0) return { organisationId, role };
  }
  return null;
}

/** An organisation whose access policy keeps this session out concerns nothing it can do. */
function turnedAway(error: unknown): number {
  if (isCordonError(error) && error.code.startsWith('policy.')) return 0;
  throw error;
}

interface Confirmed {
  readonly id: string;
  readonly action: string;
  readonly object: string;
  /** Digest. */
  readonly terms: string;
  readonly verdict: string;
}

export const recordStepUp = (
  secret: string,
  who: Somebody,
  stepUp: CodeProof & Confirmed,
  concerned: Concerned | null,
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.recordStepUp(tx, secret, stepUp);
    await appendConfirmed(tx, who, stepUp, concerned, { factor: 'totp', statement: '', evidence: '' });
  });

export const recordPasskeyStepUp = (
  secret: string,
  who: Somebody,
  stepUp: Assertion & Confirmed & { statement: string; evidence: string },
  concerned: Concerned | null,
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.recordPasskeyStepUp(tx, secret, stepUp);
    const { statement, evidence } = stepUp;
    await appendConfirmed(tx, who, stepUp, concerned, { factor: 'passkey', statement, evidence });
  });

/**
 * The terms are the organisation's own business: nobody else's log has them, not even that of another organisation of the person. A customer's
 * answer to a request for access is to the provider, who has to show it.
 */
async function appendConfirmed(
  tx: Tx,
  who: Somebody,
  { action, object, terms, verdict }: Confirmed,
  concerned: Concerned | null,
  by: { factor: 'totp' | 'passkey'; statement: string; evidence: string },
): Promise<void> {
  const act = {
    schema: 'step-up@2',
    object: { type: 'step-up', id: object },
    fields: { action, terms, verdict, ...by },
  } as const;
  if (!concerned) return appendOwn(tx, who, act);
  await (action === GRANT_ACTS.vote ? appendAgreed : appendOwnIn)(tx, who, concerned.organisationId, act);
}
