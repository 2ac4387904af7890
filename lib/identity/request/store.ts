import 'server-only';
import { type Actor, appendRefusal, type Credentials } from '@/lib/audit';
import { asApiKey, asMember, asPerson, asStaff, door, type Tx, withoutTenant } from '@/lib/db';
import type { Membership } from './paths';

/** Entering as somebody, for the checks before an act; and where a person belongs. */
export interface Entered<W> {
  readonly who: W;
  /** CIDR. The policy admits these only; empty when it admits all. */
  readonly networks: readonly string[];
}

async function entered<W>(tx: Tx, who: W, setting: 'networksForSessions' | 'networksForKeys'): Promise<Entered<W>> {
  const policy = await door.accessPolicy(tx);
  return { who, networks: policy[setting] ? policy.networks : [] };
}

export const enterMember = (secret: string, organisationId: string) =>
  asMember(secret, organisationId, (tx, who) => entered(tx, who, 'networksForSessions'));
export const enterStaff = (secret: string) => asStaff(secret, (tx, who) => entered(tx, who, 'networksForSessions'));
export const enterPerson = (secret: string) => asPerson(secret, async (_tx, who) => who);
export const enterApiKey = (key: string) => asApiKey(key, (tx, who) => entered(tx, who, 'networksForKeys'));

/** What the policy of an organisation (null: of the provider, for staff) asks for, and which of it this session does not meet. */
export const turnedAway = (secret: string, organisationId: string | null) =>
  withoutTenant((tx) => door.turnedAway(tx, secret, organisationId));

/** Somebody known who was turned away by a policy: in the log of whose policy it is, where their credentials do not lead. */
export const refuseEntry = (
  credentials: Credentials,
  refused: { actor: Actor; organisationId: string | null; act: string; realm: string; code: string },
): Promise<void> =>
  appendRefusal(
    {
      schema: 'access.refused@1',
      outcome: 'refused',
      actor: refused.actor,
      object: { type: 'AccessPolicy', id: refused.organisationId ?? 'provider' },
      organisationId: refused.organisationId,
      fields: { action: refused.act, realm: refused.realm, code: refused.code },
    },
    credentials,
  );

export const listMemberships = (secret: string): Promise<Membership[]> =>
  asPerson(secret, async (tx, who) => {
    const rows = await tx.prisma.membership.findMany({
      where: { userId: who.userId },
      select: { organisationId: true, role: true, organisation: { select: { slug: true, name: true } } },
      orderBy: { organisation: { name: 'asc' } },
    });
    return rows.map((row) => ({ organisationId: row.organisationId, role: row.role, ...row.organisation }));
  });
