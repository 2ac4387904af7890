import type { Challenge } from '../_parts/passkey';

/** What an act can be confirmed with: the statement a passkey is to sign, null without a passkey, and whether a code will do. */
export interface Ways {
  readonly ok: true;
  readonly passkey: Challenge | null;
  readonly code: boolean;
}
