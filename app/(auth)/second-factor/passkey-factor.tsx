'use client';
import { FormMessage } from '@/app/_ui/form';
import { Stack } from '@/app/_ui/layout';
import { PasskeyButton } from '../_parts/passkey-button';
import { usePasskey } from '../_parts/use-passkey';
import { beginPasskeyFactorAction, passkeyFactorAction } from './actions';

/** The passkey of somebody whose password was accepted. */
export function PasskeyFactor({ callbackUrl }: { callbackUrl: string }) {
  const answer = usePasskey(beginPasskeyFactorAction, (signed) => passkeyFactorAction({ signed, callbackUrl }));
  return (
    <Stack gap={3}>
      <FormMessage state={answer.state} />
      <PasskeyButton answer={answer} autoFocus>
        Use a passkey
      </PasskeyButton>
    </Stack>
  );
}
