import 'server-only';
import { append } from '@/lib/audit';
import { authzErrors, may, type Source, type StepUpAsk, spendStepUp } from '@/lib/authz';
import { asMember, asStaff, door, type Member, type Staff, type Tx } from '@/lib/db';
import { errors } from './errors';
import type { AccessPolicyView } from './schemas';
import { type AccessSettings, changedTerms, SETTINGS } from './settings';

/** All queries of lib/access-policy. Row policies show and take the policy of whoever is entered, and no other. */
export type Decider =
  | { readonly kind: 'member'; readonly secret: string; readonly organisationId: string; readonly source?: Source }
  | { readonly kind: 'staff'; readonly secret: string; readonly source?: Source };

type Work<R> = (tx: Tx, who: Member | Staff) => Promise<R>;

const enter = <R>(as: Decider, work: Work<R>): Promise<R> =>
  as.kind === 'member' ? asMember(as.secret, as.organisationId, work) : asStaff(as.secret, work);

function demand(who: Member | Staff, action: 'read' | 'change'): void {
  if (may({ ...who, secret: '' }, action, 'AccessPolicy')) return;
  throw authzErrors('authz.forbidden', { why: `access-policy.${action} is not part of the role ${who.role}` });
}

const settingsOf = (row: door.AccessPolicyRow): AccessSettings =>
  Object.fromEntries(SETTINGS.map((setting) => [setting, row[setting]])) as unknown as AccessSettings;

export const read = (as: Decider): Promise<AccessPolicyView> =>
  enter(as, async (tx, who) => {
    demand(who, 'read');
    const row = await door.accessPolicy(tx);
    const people = await tx.prisma.user.findMany({
      where: { id: { in: Object.values(row.changes).map(({ by }) => by) } },
      select: { id: true, name: true },
    });
    const names = new Map(people.map(({ id, name }) => [id, name]));
    const changes = Object.entries(row.changes).map(([setting, { at, by }]) => [
      setting,
      { at: new Date(at).toISOString(), by: names.get(by) ?? null },
    ]);
    const counted = may({ ...who, secret: '' }, 'change', 'AccessPolicy') ? await door.peopleByFactor(tx) : null;
    return {
      settings: settingsOf(row),
      version: row.version,
      changes: Object.fromEntries(changes),
      people: counted && { deviceBound: counted.device_bound, synced: counted.synced, other: counted.other },
    };
  });

/**
 * Writes the settings, lets its author in once more under them, uses up the confirmation of exactly what changed, and records it: all of
 * it or nothing. False when nothing would be another.
 */
export async function change(as: Decider, version: number, settings: AccessSettings): Promise<boolean> {
  // What the database refuses before this point is not about the new settings.
  let written = false;
  try {
    return await enter(as, async (tx, who) => {
      demand(who, 'change');
      const row = await door.accessPolicy(tx);
      const before = settingsOf(row);
      if (row.version !== version) throw errors('access-policy.stale');
      const terms = changedTerms(before, settings);
      if (terms.length === 0) return false;
      await write(tx, row, settings);
      written = true;
      await enterAgain(tx, as);
      const act = as.kind === 'member' ? 'access-policy.change' : 'staff-policy.change';
      const ask: StepUpAsk = { action: act, object: row.id, version: String(version), terms };
      await spendStepUp(tx, as.secret, ask);
      await record(tx, as, who, row, settings);
      return true;
    });
  } catch (error) {
    throw (written && ownRefusal(error)) || error;
  }
}

async function write(tx: Tx, row: door.AccessPolicyRow, settings: AccessSettings): Promise<void> {
  const data = { ...settings, networks: [...settings.networks] };
  const { id, organisationId, version } = row;
  const { count } =
    version === 0
      ? await tx.prisma.accessPolicy.createMany({ data: [{ id, organisationId, ...data }], skipDuplicates: true })
      : await tx.prisma.accessPolicy.updateMany({ where: { id, version }, data });
  if (count === 0) throw errors('access-policy.stale');
}

const enterAgain = (tx: Tx, as: Decider): Promise<unknown> =>
  as.kind === 'member'
    ? tx.prisma.$queryRaw`select * from cordon.enter_organisation(${as.secret}, ${as.organisationId})`
    : tx.prisma.$queryRaw`select * from cordon.enter_staff(${as.secret})`;

/** What would have turned its author away, as an error of the field that asks for it. */
function ownRefusal(error: unknown) {
  switch ((error as { code?: string }).code) {
    case 'policy.session_idle':
      return errors('access-policy.own_idle', { field: 'sessionIdleMinutes', cause: error });
    case 'policy.session_expired':
      return errors('access-policy.own_hours', { field: 'sessionHours', cause: error });
    case 'policy.passkey_required':
    case 'policy.factor_required':
      return errors('access-policy.own_factor', { field: 'factor', cause: error });
    case 'policy.password_expired':
      return errors('access-policy.own_password', { field: 'passwordMaxAgeDays', cause: error });
    default:
      return undefined;
  }
}

/** Networks may be somebody's home, so they stand beside the event and can be erased; everything else is in it for good. */
function record(tx: Tx, as: Decider, who: Member | Staff, row: door.AccessPolicyRow, after: AccessSettings) {
  const { networks: networksAfter, ...plainAfter } = after;
  const { networks: networksBefore, ...plainBefore } = settingsOf(row);
  return append(tx, {
    schema: 'access-policy.changed@1',
    outcome: 'success',
    actor: { kind: as.kind, id: who.userId, ...as.source },
    organisationId: row.organisationId,
    object: { type: 'access-policy', id: row.id },
    fields: {
      before: plainBefore,
      after: plainAfter,
      version: row.version + 1,
      networksBefore: [...networksBefore],
      networksAfter: [...networksAfter],
    },
  });
}
