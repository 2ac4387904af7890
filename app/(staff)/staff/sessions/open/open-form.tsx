'use client';
/** Confirms one session with the passkey, and gives the certificate that lets the key in at the gateway for two minutes. */
import { useState } from 'react';
import { targetName } from '@/app/_parts/access/words';
import { Command } from '@/app/_ui/command';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { Select, Textarea } from '@/app/_ui/input';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { SubmitButton } from '@/app/_ui/submit';
import { Countdown } from '@/app/_ui/time';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { openSessionAction } from '../actions';

interface Opened {
  session: string;
  certificate: string | null;
  validBefore: string;
}

export interface OpenFormProps {
  request: string;
  /** Made with the page. */
  session: string;
  targets: readonly string[];
  /** Where SSH clients reach the gateway; null where nobody said. */
  gateway: { host: string; port: string } | null;
}

export function OpenForm({ request, session, targets, gateway }: OpenFormProps) {
  const { wrap, dialog } = useStepUp({ act: 'Open a session', name: targets.map(targetName).join(', ') });
  const [opened, setOpened] = useState<Opened | null>(null);
  if (opened) return <Certificate of={opened} gateway={gateway} />;
  return (
    <>
      <ActionForm
        action={wrap(openSessionAction as FormAction)}
        hidden={{ request, session }}
        onOk="stay"
        onState={(state) => setOpened((state as FormState & { opened?: Opened }).opened ?? null)}
        label="Open a session"
      >
        <Field name="target" label="Target">
          <Select options={targets.map((target) => ({ value: target, label: targetName(target) }))} />
        </Field>
        <Field
          name="publicKey"
          label="Your SSH public key"
          hint="ed25519, as in ~/.ssh/id_ed25519.pub. The private key stays with you; production never sees it."
        >
          <Textarea mono rows={3} maxLength={1024} required />
        </Field>
        <FormActs>
          <SubmitButton icon="passkey">Confirm the session</SubmitButton>
        </FormActs>
      </ActionForm>
      {dialog}
    </>
  );
}

function Certificate({
  of: { session, certificate, validBefore },
  gateway,
}: { of: Opened } & Pick<OpenFormProps, 'gateway'>) {
  const file = `${session}-cert.pub`;
  const href = `data:text/plain;charset=utf-8,${encodeURIComponent(`${certificate}\n`)}`;
  return (
    <Stack gap={4}>
      <Note tone="success" title="Confirmed." live>
        The session has to begin within <Countdown to={validBefore} />. It is recorded, and ends with the grant.
      </Note>
      <Row gap={2}>
        <a className="link" href={href} download={file}>
          Download the certificate
        </a>
        <span className="small quiet">{file}</span>
      </Row>
      {gateway ? (
        <Command>{`ssh -i ~/.ssh/id_ed25519 -o CertificateFile=~/Downloads/${file} -p ${gateway.port} ${session}@${gateway.host}`}</Command>
      ) : (
        <p className="small quiet">
          This installation has not said where its gateway is (CORDON_GATEWAY_ADDRESS). The user name is the session:{' '}
          {session}.
        </p>
      )}
    </Stack>
  );
}
