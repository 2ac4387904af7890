import type { FormState } from '@/app/_ui/form-state';
import type { QrPath } from '@/app/_ui/qr-path';

/** What setting up an authenticator shows. It holds secrets shown once, and lives in the page that shows them and nowhere else. */
export interface AuthenticatorState extends FormState {
  /** The secret, for a camera and for typing in base32. */
  readonly scan?: { readonly qr: QrPath; readonly key: string };
  /** Shown once, when the first code was right. */
  readonly codes?: readonly string[];
}
