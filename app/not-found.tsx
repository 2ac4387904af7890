import type { Metadata } from 'next';
import { ButtonLink } from './_ui/button';
import { Gate } from './_ui/gate';

export const metadata: Metadata = { title: 'Not here' };

/** The same page for what does not exist and for what this account may not see. */
export default function NotFound() {
  return (
    <Gate
      title="There is nothing at this address"
      lede="It may have moved, or this account may not see it. The answer is the same in both cases, on purpose."
    >
      <ButtonLink href="/" variant="primary">
        Go to the start
      </ButtonLink>
    </Gate>
  );
}
