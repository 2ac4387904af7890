'use client';
/** Begins a stream of a log, and shows what its receiver checks requests with, this once. */
import { useState } from 'react';
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Select } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { KINDS, type StreamKind } from '@/lib/audit-stream/schemas';
import { StreamFields } from './stream-form';
import { StreamSecret } from './stream-secret';
import { KIND_WORDS } from './stream-words';

export interface CreateStreamProps {
  action: FormAction;
  hidden: Readonly<Record<string, string>>;
  /** Whose log: "this organisation". */
  log: string;
  reason?: string;
}

const KIND_OPTIONS = KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }));
const FROM = [
  { value: 'now', label: 'From now on', hint: 'What happens after this.' },
  { value: 'start', label: 'From the beginning', hint: 'The whole log first, then what happens.' },
];

export function CreateStream({ action, hidden, log, reason }: CreateStreamProps) {
  const [kind, setKind] = useState<StreamKind>('http');
  const [secret, setSecret] = useState<string>();
  const { wrap, dialog } = useStepUp({ act: 'Stream the audit log', name: log });
  return (
    <>
      <SidePanel
        trigger={{ label: 'Create stream', icon: 'plus', variant: reason ? 'default' : 'primary', reason }}
        title={secret ? 'Keep the signing secret now' : 'Stream this log'}
        lede={
          secret
            ? 'The receiver checks every request with it.'
            : 'Every event, in order, at least once. Data of the log leaves this installation.'
        }
        onOpenChange={(open) => (open ? undefined : setSecret(undefined))}
        wide
      >
        {secret ? (
          <StreamSecret value={secret} />
        ) : (
          <ActionForm
            action={wrap(action)}
            hidden={hidden}
            // Syslog has no secret to show: its panel closes.
            onOk={kind === 'http' ? 'stay' : 'toast'}
            onState={(state) => 'secret' in state && setSecret(String(state.secret))}
            label="Stream this log"
          >
            <Stack gap={4}>
              <Field name="kind" label="As">
                <Select
                  options={KIND_OPTIONS}
                  value={kind}
                  onChange={(event) => setKind(event.target.value as StreamKind)}
                />
              </Field>
              <StreamFields key={kind} kind={kind} />
              <RadioCards name="from" legend="Begins" defaultValue="now" options={FROM} columns={2} />
              <FormActs>
                <SubmitButton busy="Beginning">Create stream</SubmitButton>
              </FormActs>
            </Stack>
          </ActionForm>
        )}
      </SidePanel>
      {dialog}
    </>
  );
}
