'use client';
/** Confirms one session with the passkey, and then shows it, or what lets the key in at the gateway for two minutes. Of an App ID it is a channel. */
import { useState } from 'react';
import { targetName } from '@/app/_parts/access/words';
import { RadioCards } from '@/app/_ui/choice';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import type { GatewayView, Opened } from '@/lib/grants/schemas';
import { openSessionAction } from '../actions';
import { ChannelSession } from './channel-session';
import styles from './open.module.css';
import { KeySession, TerminalSession } from './opened';

export interface OpenFormProps {
  request: string;
  /** Made with the page. */
  session: string;
  targets: readonly string[];
  gateway: GatewayView;
}

export function OpenForm({ request, session, targets, gateway }: OpenFormProps) {
  const { wrap, dialog } = useStepUp({ act: 'Open a session', name: targets.map(targetName).join(', ') });
  const [opened, setOpened] = useState<Opened | null>(null);
  const [through, setThrough] = useState<string>(gateway.hasTerminal ? 'web terminal' : 'key');
  const [target, setTarget] = useState(targets[0] ?? '');
  if (opened?.through === 'web terminal') return <TerminalSession of={opened} request={request} />;
  if (opened?.through === 'media-plane') return <ChannelSession of={opened} request={request} />;
  const isChannel = target.startsWith('app:');
  return (
    <div className={styles.words}>
      {opened ? (
        <KeySession of={opened} gateway={gateway} request={request} />
      ) : (
        <ActionForm
          action={wrap(openSessionAction as FormAction)}
          hidden={{ request, session, ...(isChannel ? { through: 'media-plane' } : {}) }}
          onOk="stay"
          onState={(state) => setOpened((state as FormState & { opened?: Opened }).opened ?? null)}
          label="Open a session"
        >
          <Field name="target" label="Target">
            <Select
              options={targets.map((one) => ({ value: one, label: targetName(one) }))}
              value={target}
              onChange={(event) => setTarget(event.target.value)}
            />
          </Field>
          {isChannel ? (
            <Field
              name="channel"
              label="Channel"
              hint="Everybody in it sees that somebody of the provider watches, and the customer’s log says from when to when."
            >
              <Input mono maxLength={63} autoComplete="off" required />
            </Field>
          ) : (
            <>
              <RadioCards
                name="through"
                legend="Through"
                columns={2}
                defaultValue={through}
                onChoose={setThrough}
                options={[
                  {
                    value: 'web terminal',
                    label: 'Web terminal',
                    hint: 'A shell on this page. Leaving the page ends it.',
                    ...(gateway.hasTerminal
                      ? {}
                      : { reason: 'This installation has no gateway (CORDON_GATEWAY_SOCKET).' }),
                  },
                  {
                    value: 'key',
                    label: 'Your own SSH client',
                    hint: 'With a certificate for your key, for two minutes.',
                  },
                ]}
              />
              {through === 'key' ? (
                <Field
                  name="publicKey"
                  label="Your SSH public key"
                  hint="ed25519, as in ~/.ssh/id_ed25519.pub. The private key stays with you; production never sees it."
                >
                  <Textarea mono rows={3} maxLength={1024} required />
                </Field>
              ) : null}
            </>
          )}
          <FormActs>
            <SubmitButton icon="passkey">Confirm the session</SubmitButton>
          </FormActs>
        </ActionForm>
      )}
      {dialog}
    </div>
  );
}
