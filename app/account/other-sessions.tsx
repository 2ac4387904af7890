'use client';
import { ActionForm } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { endOthersAction } from './actions';

/** After a factor changed: who had the old one may still be signed in somewhere. */
export function OtherSessions({ count }: { count: number }) {
  const { wrap, dialog } = useStepUp({ act: 'End sessions', name: 'everywhere but here' });
  if (count === 0) return null;
  const sessions = count === 1 ? '1 other session' : `${count} other sessions`;
  return (
    <>
      <ActionForm action={wrap(endOthersAction as FormAction)} onOk="stay" label="Other sessions">
        <p>You are signed in elsewhere too. If one of those places may not be yours, end them now.</p>
        <div>
          <SubmitButton variant="default">End {sessions}</SubmitButton>
        </div>
      </ActionForm>
      {dialog}
    </>
  );
}
