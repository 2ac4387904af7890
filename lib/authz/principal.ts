import type { KeyHolder, Member, Person, Staff } from '@/lib/db';

/** Who asks, with the credential that opens their transactions. */
export type Principal =
  | (Member & { readonly secret: string })
  | (Staff & { readonly secret: string })
  | (Person & { readonly secret: string })
  | (KeyHolder & { readonly key: string });

/** As whom a door wants to be asked: a member of an organisation, staff, any signed-in person, or the holder of an API key. */
export type RealmOf = { customer: 'member'; staff: 'staff'; person: 'person'; api: 'api-key' };
export type GuardedRealm = keyof RealmOf;
export type PrincipalOf<R extends GuardedRealm> = Extract<Principal, { kind: RealmOf[R] }>;

export interface Wanted {
  realm: GuardedRealm;
  /** With realm `customer`. */
  organisationId?: string;
  /** In route handlers. */
  request?: Request;
  /** What the caller is about to do (`actName`), for the record of those who are turned away before it. */
  act?: string;
}

export type PrincipalResolver = (wanted: Wanted) => Promise<Principal | null>;

let resolver: PrincipalResolver | undefined;

/** Called once by lib/identity, which knows cookies and sessions; this folder must not import it. */
export function setPrincipalResolver(resolve: PrincipalResolver): void {
  resolver = resolve;
}

export function resolvePrincipal(wanted: Wanted): Promise<Principal | null> {
  if (!resolver) throw new Error('No principal resolver is set: import lib/identity first.');
  return resolver(wanted);
}
