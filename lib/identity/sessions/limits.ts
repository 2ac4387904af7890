import type { Realm } from '../request/origins';

/**
 * Longest life of a session that any access policy allows, in seconds; the database cuts it to what those of the person's organisations
 * allow, eight hours where nobody decided anything. Giving or setting up a factor does not prolong one that holds both.
 */
export const SESSION_SECONDS = 24 * 3600;
/** A session nobody used for so long has ended, in seconds. For showing: the database decides (`cordon.live_session`). */
export const IDLE_SECONDS: Readonly<Record<Realm, number>> = { customer: 3600, staff: 900 };
