import type { ReactNode } from 'react';
import { Button } from '@/app/_ui/button';
import { SubmitButton } from '@/app/_ui/submit';

/** The button of a setting: disabled with its reason when the role or the project's state forbids the change. */
export function Save({ reason, children }: { reason?: string; children: ReactNode }) {
  return reason ? (
    <Button reason={reason}>{children}</Button>
  ) : (
    <SubmitButton variant="default" busy="Saving">
      {children}
    </SubmitButton>
  );
}
