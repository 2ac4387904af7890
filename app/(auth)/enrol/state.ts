import type { QrPath } from '@/app/_ui/qr-path';

/** The answer when something unforeseen happened. */
export interface Refused {
  readonly code: string;
  readonly message?: string;
}

/** What the enrolment page shows. It holds secrets shown once, and lives in the page that shows them and nowhere else. */
export type EnrolState =
  | { readonly step: 'start'; readonly error?: string }
  | {
      readonly step: 'scan';
      readonly qr: QrPath;
      /** The same secret in base32, for typing. */
      readonly key: string;
      readonly error?: string;
    }
  | { readonly step: 'codes'; readonly codes: readonly string[] };
