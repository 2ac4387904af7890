import { Note } from '@/app/_ui/note';
import type { MadePasskey } from './make-passkey';
import { kindOf, kindSays } from './passkey-kind';

/** That a passkey was made, and what kind it turned out to be: only the device knows beforehand. */
export function PasskeyMade({ passkey, realm }: { passkey: MadePasskey; realm: 'customer' | 'staff' }) {
  return (
    <Note tone="success" title={`The passkey is made. ${kindOf(passkey.deviceBound)}.`} live>
      {kindSays(passkey.deviceBound, realm)}
    </Note>
  );
}
