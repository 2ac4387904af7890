import { may, type Principal } from '@/lib/authz';
import type { Realm } from '@/lib/identity/request/origins';
import type { Guard } from './doors';
import { MEMBER_ROLES, type Someone, STAFF_ROLES, type Standing, type WalkWorld } from './world';

/** Somebody at a door: which origin they ask on, and what their browser sends. */
export interface Visitor {
  name: string;
  realm: Realm;
  cookie: string | null;
  /** Where their own work is, if it is not the first organisation. */
  at?: 'b';
}

export interface Cast {
  /** Everybody who has no business behind a door of that realm, whatever its act is. */
  strangers: Record<'customer' | 'staff' | 'person', Visitor[]>;
  /** With a session that may work, by role. */
  member: Record<(typeof MEMBER_ROLES)[number], Visitor>;
  staff: Record<(typeof STAFF_ROLES)[number], Visitor>;
  /** Owner of the other organisation. */
  stranger: Visitor;
}

export async function openCast(world: WalkWorld): Promise<Cast> {
  const { member, staff, stranger, former, disabled } = world;
  const visitor = async (name: string, who: Someone, standing: Standing = 'live', realm = who.realm) => {
    const { secret } = await world.session(who, standing);
    return { name, realm, cookie: await world.cookie(realm, secret) } satisfies Visitor;
  };
  const nobody = (realm: Realm): Visitor => ({ name: `nobody on the ${realm} origin`, realm, cookie: null });
  /** Halfway in, or out again. */
  const lapsed = (who: Someone) =>
    Promise.all([
      visitor(`a ${who.realm} session with the password only`, who, 'first-factor'),
      visitor(`a ${who.realm} session opened with recovery codes`, who, 'recovery'),
      visitor(`a ${who.realm} session that was ended`, who, 'ended'),
      visitor(`an expired ${who.realm} session`, who, 'expired'),
      visitor(`an idle ${who.realm} session`, who, 'idle'),
      visitor(`a disabled ${who.realm} account`, disabled[who.realm]),
    ]);
  /** The cookie as it is, brought to the other origin under its own name; and one sealed for that other origin. */
  const crossed = async (who: Someone): Promise<Visitor[]> => {
    const other = who.realm === 'staff' ? 'customer' : 'staff';
    const { cookie } = await visitor('', who);
    return [
      { name: `a ${who.realm} cookie on the ${other} origin`, realm: other, cookie },
      {
        name: `a ${who.realm} cookie under the ${other} name`,
        realm: other,
        cookie: cookie.replace(`-session-${who.realm}`, `-session-${other}`),
      },
      await visitor(`a ${who.realm} session sealed for the ${other} origin`, who, 'live', other),
      { name: `a ${who.realm} session on its own origin`, realm: who.realm, cookie },
    ];
  };
  const halfStaff = await visitor('staff with an authenticator app only', staff.administrator, 'totp');
  const other: Visitor = { ...(await visitor('an owner of another organisation', stranger)), at: 'b' };
  const [customers, people] = [await lapsed(member.owner), await lapsed(staff.administrator)];
  const byRole = async <R extends string>(roles: readonly R[], who: Record<R, Someone>, what: string) =>
    Object.fromEntries(
      await Promise.all(roles.map(async (role) => [role, await visitor(`${what} ${role}`, who[role])])),
    ) as Record<R, Visitor>;
  return {
    strangers: {
      customer: [
        nobody('customer'),
        ...customers,
        other,
        await visitor('a former member', former),
        ...(await crossed(staff.administrator)),
      ],
      staff: [nobody('staff'), ...people, halfStaff, ...(await crossed(member.owner))],
      person: [nobody('customer'), nobody('staff'), ...customers, ...people, halfStaff],
    },
    member: await byRole(MEMBER_ROLES, member, 'member:'),
    staff: await byRole(STAFF_ROLES, staff, 'staff:'),
    stranger: other,
  };
}

/** Whether the abilities give this act to that role. */
export function roleMay(
  { realm, subject, action }: Pick<Guard, 'realm' | 'subject' | 'action'>,
  role: string,
): boolean {
  const common = { userId: 'usr', sessionId: 'ses', secret: '' };
  const principal = (
    realm === 'staff' ? { kind: 'staff', role, ...common } : { kind: 'member', role, organisationId: 'org', ...common }
  ) as Principal;
  return may(principal, action as never, subject as never);
}
