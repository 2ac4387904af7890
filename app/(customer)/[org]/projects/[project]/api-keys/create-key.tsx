'use client';
import { useState } from 'react';
import { CodeBlock } from '@/app/_ui/command';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import { Input, Select } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SecretOnce } from '@/app/_ui/secret-once';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { createApiKeyAction } from './actions';
import { ScopeBoxes } from './scope-boxes';

export interface CreateKeyProps {
  hidden: Readonly<Record<string, string>>;
  projectName: string;
  /** A request that uses the key, reading it from the environment. */
  example: string;
  reason?: string;
}

export function CreateKey({ hidden, projectName, example, reason }: CreateKeyProps) {
  const [made, setMade] = useState<{ key: string; name: string; prefix: string }>();
  const { wrap, dialog } = useStepUp({ act: 'Create an API key', name: projectName });

  const create = wrap(async (previous, form) => {
    const answer = await createApiKeyAction(previous, form);
    if ('made' in answer && answer.made) setMade(answer.made);
    return answer;
  });

  return (
    <>
      <SidePanel
        trigger={{ label: 'Create API key', icon: 'plus', variant: reason ? 'default' : 'primary', reason }}
        title={made ? `${made.name} is ready` : 'Create API key'}
        lede={
          made
            ? 'Put it into the environment of your server now.'
            : 'For one server and what it has to do. It works for this project alone.'
        }
        onOpenChange={(open) => (open ? undefined : setMade(undefined))}
      >
        {made ? (
          <Stack gap={5}>
            <SecretOnce value={made.key} label="API key" fingerprint={made.prefix} />
            <CodeBlock label="Example request">{example}</CodeBlock>
          </Stack>
        ) : (
          <ActionForm action={create} hidden={hidden} onOk="stay" label="Create API key">
            <Field name="name" label="Name" hint="Where it is used, so that it can be found again.">
              <Input maxLength={80} />
            </Field>
            <ScopeBoxes />
            <Field name="days" label="Expires" hint="A key that ends by itself is one nobody has to remember.">
              <Select
                defaultValue="90"
                options={[
                  { value: '30', label: 'In 30 days' },
                  { value: '90', label: 'In 90 days' },
                  { value: '365', label: 'In a year' },
                  { value: '', label: 'Never, until revoked' },
                ]}
              />
            </Field>
            <FormActs>
              <SubmitButton busy="Creating">Create API key</SubmitButton>
            </FormActs>
          </ActionForm>
        )}
      </SidePanel>
      {dialog}
    </>
  );
}
