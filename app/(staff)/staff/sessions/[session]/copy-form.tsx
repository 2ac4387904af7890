'use client';
/** Makes a copy of a record: without stretches that nobody else may see, or whole. */
import { useState } from 'react';
import { SignedForm } from '@/app/_parts/access/signed';
import { Button } from '@/app/_ui/button';
import { RadioCards } from '@/app/_ui/choice';
import { Field } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Textarea } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { SubmitButton } from '@/app/_ui/submit';
import { copyAction } from '../actions';

export interface CopyFormProps {
  session: string;
  times: string;
  onTimes(times: string): void;
  /** Why no copy can be made. */
  reason: string | undefined;
}

export function CopyForm({ session, times, onTimes, reason }: CopyFormProps) {
  const [what, setWhat] = useState('part');
  return (
    <Panel title="Make a copy to share">
      {reason ? (
        <Stack gap={3}>
          <Button reason={reason}>Make the copy</Button>
        </Stack>
      ) : (
        <SignedForm
          words={{ act: 'Make a copy', name: 'Screen record' }}
          action={copyAction as FormAction}
          hidden={{ session }}
          onOk="toast"
        >
          <RadioCards
            name="what"
            legend="What it holds"
            columns={2}
            defaultValue="part"
            onChoose={setWhat}
            options={[
              {
                value: 'part',
                label: 'Without some lines',
                hint: 'They are gone from the copy. That they are, and when they were, stays visible; the rest still verifies.',
              },
              { value: 'whole', label: 'The whole record', hint: 'Everything that was on the screen.' },
            ]}
          />
          {what === 'part' ? (
            <>
              <Field
                name="times"
                label="Times to withhold"
                hint="As the player shows them, ends included: 02:14-02:31, 05:00. The buttons under the player fill this in."
              >
                <Input mono value={times} maxLength={1000} onChange={(event) => onTimes(event.currentTarget.value)} />
              </Field>
              <Field
                name="lines"
                label="Lines to withhold"
                aside="optional"
                hint="By number, as the verifier names them: 12, 40-57."
              >
                <Input mono maxLength={1000} />
              </Field>
            </>
          ) : null}
          <Field name="reason" label="Why" hint="10 to 500 characters. Stays in the audit log.">
            <Textarea rows={2} maxLength={500} required />
          </Field>
          <FormActs>
            <SubmitButton icon="passkey">Make the copy</SubmitButton>
          </FormActs>
        </SignedForm>
      )}
    </Panel>
  );
}
