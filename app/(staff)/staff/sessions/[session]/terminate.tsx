'use client';
/** Ends what is being watched. A session alone cannot be ended: its person would open the next one. */
import { PlainConfirm } from '@/app/_parts/access/signed';
import { Field } from '@/app/_ui/field';
import type { FormAction } from '@/app/_ui/form-state';
import { Textarea } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { terminateAction } from '../actions';

export function Terminate({ session, request, name }: { session: string; request: string; name: string }) {
  return (
    <PlainConfirm
      trigger={{ label: 'End it now…', variant: 'danger' }}
      title="End this access now"
      act={`End access to ${name}`}
      action={terminateAction as FormAction}
      hidden={{ session, request }}
    >
      <Stack gap={4}>
        <p>
          The grant of this session ends for good, and with it every session under it: connections are cut, and what
          runs is killed. The person is told that it was revoked.
        </p>
        <Field name="reason" label="Why" hint="10 to 500 characters. Stays in the audit log.">
          <Textarea rows={2} maxLength={500} required />
        </Field>
      </Stack>
    </PlainConfirm>
  );
}
