import { formatSpan } from '@/app/_ui/format';
import { IDLE_SECONDS, type Realm } from '@/lib/identity';

/** The quiet line under every gate. A policy may allow less than the realm does. */
export function Foot({ realm }: { realm: Realm }) {
  return (
    <>
      {realm === 'staff' ? <span>Staff sign in with a passkey</span> : null}
      <span>Sessions end after {formatSpan(IDLE_SECONDS[realm] * 1000)} without use, or sooner</span>
      <a href="/.well-known/security.txt">Report a vulnerability</a>
    </>
  );
}
