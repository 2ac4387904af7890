'use client';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Button, ButtonLink } from '@/app/_ui/button';
import { RadioCards } from '@/app/_ui/choice';
import { DefinitionList } from '@/app/_ui/definition-list';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormState } from '@/app/_ui/form-state';
import { Id } from '@/app/_ui/id';
import { Input } from '@/app/_ui/input';
import { Row, Stack } from '@/app/_ui/layout';
import { PageActs } from '@/app/_ui/page-acts';
import { SecretOnce } from '@/app/_ui/secret-once';
import { Steps } from '@/app/_ui/steps';
import { SubmitButton } from '@/app/_ui/submit';
import { createProjectAction } from './actions';
import { FenceChoice } from './fence-choice';

interface Made {
  id: string;
  name: string;
  appId: string;
  value: string;
  fingerprint: string;
}

/** Whether the panel is open stands in the URL, so that the palette, the empty list and a link can open the same one. */
const openPanel = () => window.history.pushState(null, '', '?create=1');
const closePanel = () => window.history.replaceState(null, '', window.location.pathname);

export function OpenCreate() {
  return (
    <Button variant="primary" icon="plus" onClick={openPanel}>
      Create project
    </Button>
  );
}

export function CreateProject({
  organisationId,
  base,
  reason,
}: {
  organisationId: string;
  base: string;
  reason?: string;
}) {
  const open = useSearchParams().get('create') === '1' && !reason;
  const [made, setMade] = useState<Made>();

  async function create(previous: FormState, form: FormData): Promise<FormState> {
    const answer = await createProjectAction(previous, form);
    if ('made' in answer && answer.made) setMade(answer.made);
    return answer;
  }

  function change(wanted: boolean) {
    if (wanted) return;
    setMade(undefined);
    closePanel();
  }

  return (
    <>
      <PageActs
        acts={[
          {
            id: 'create-project',
            label: 'Create project',
            icon: 'plus',
            run: openPanel,
            ...(reason ? { reason } : {}),
          },
        ]}
      />
      <Button variant={reason ? 'default' : 'primary'} icon="plus" reason={reason} onClick={openPanel}>
        Create project
      </Button>
      <SidePanel
        open={open}
        onOpenChange={change}
        title={made ? `${made.name} is ready` : 'Create project'}
        lede={
          made
            ? 'Keep the certificate now: your server signs tokens with it.'
            : 'An App ID, a first certificate and a fence.'
        }
      >
        {made ? (
          <Ready made={made} path={`${base}/projects/${made.id}`} />
        ) : (
          <CreateForm organisationId={organisationId} action={create} />
        )}
      </SidePanel>
    </>
  );
}

function CreateForm({
  organisationId,
  action,
}: {
  organisationId: string;
  action: (previous: FormState, form: FormData) => Promise<FormState>;
}) {
  return (
    <ActionForm action={action} hidden={{ organisationId }} onOk="stay" label="Create project">
      <Field name="name" label="Name" hint="Shown to your members. It can be changed.">
        <Input maxLength={80} />
      </Field>
      <RadioCards
        name="environment"
        legend="Environment"
        defaultValue="development"
        options={[
          {
            value: 'development',
            label: 'Development',
            hint: 'May admit by App ID alone, with a warning, once you ask for it',
          },
          { value: 'staging', label: 'Staging', hint: 'The same freedom, for what comes before production' },
          { value: 'production', label: 'Production', hint: 'Always requires tokens' },
        ]}
      />
      <FenceChoice />
      <FormActs>
        <SubmitButton busy="Creating">Create project</SubmitButton>
      </FormActs>
    </ActionForm>
  );
}

function Ready({ made, path }: { made: Made; path: string }) {
  return (
    <Stack gap={5}>
      <DefinitionList items={[{ term: 'App ID', value: <Id value={made.appId} whole label="App ID" /> }]} />
      <SecretOnce value={made.value} label="Primary certificate" fingerprint={made.fingerprint} />
      <Steps
        label="Next steps"
        items={[
          { title: 'Created', state: 'done' },
          { title: 'Set the fence', state: 'now' },
          { title: 'Mint a token', state: 'todo' },
          { title: 'Try it', state: 'todo' },
        ]}
      />
      <Row wrap>
        <ButtonLink href={`${path}/fence`} variant="primary">
          Set the fence
        </ButtonLink>
        <ButtonLink href={`${path}/tokens`}>Mint a token</ButtonLink>
        <ButtonLink href={`${path}/try`}>Try it</ButtonLink>
      </Row>
    </Stack>
  );
}
