'use client';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { DefinitionList } from '@/app/_ui/definition-list';
import type { FormAction } from '@/app/_ui/form-state';
import { Row, Stack } from '@/app/_ui/layout';
import { Mono } from '@/app/_ui/text';
import { toast } from '@/app/_ui/toaster';
import { kindOf } from '@/app/(auth)/_parts/passkey-kind';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import type { WaitingPasskey } from '@/lib/employees/schemas';
import { endorsePasskeyAction, turnDownPasskeyAction } from './actions';

/** The row goes with the act, and the dialog with the row: what was done is said where it stays. */
const announced =
  (run: FormAction): FormAction =>
  async (previous, form) => {
    const answer = await run(previous, form);
    if (answer.ok && answer.message) toast(answer.message);
    return answer;
  };

/** A second person's word for a passkey, given with their own. */
export function EndorseActs({ passkey, own }: { passkey: WaitingPasskey; own: boolean }) {
  const { id: passkeyId, name, email, passkeyName, deviceBound, fingerprint } = passkey;
  const { wrap, dialog } = useStepUp({ act: 'Endorse the passkey', name });
  return (
    <Row gap={2}>
      <ConfirmDialog
        trigger={{
          label: 'Endorse…',
          size: 'sm',
          reason: own ? 'Yours: a colleague does it.' : undefined,
        }}
        title={`Endorse the passkey of ${name}`}
        act="Endorse passkey"
        action={announced(wrap(endorsePasskeyAction as FormAction))}
        hidden={{ passkeyId }}
        danger={false}
      >
        <Stack gap={4}>
          <p>
            Ask {name} to read you the fingerprint on their screen. If it is this one, the passkey is theirs; if not,
            somebody else made it.
          </p>
          <DefinitionList
            ruled
            items={[
              { term: 'Fingerprint', value: <Mono>{fingerprint}</Mono> },
              { term: 'Whose', value: email },
              { term: 'Passkey', value: `${passkeyName}, ${kindOf(deviceBound).toLowerCase()}` },
            ]}
          />
        </Stack>
      </ConfirmDialog>
      {own ? null : (
        <ConfirmDialog
          trigger={{ label: 'Turn down…', size: 'sm', variant: 'ghost' }}
          title={`Turn down the passkey of ${name}`}
          act="Turn down passkey"
          action={announced(turnDownPasskeyAction as FormAction)}
          hidden={{ passkeyId }}
        >
          <p>It is forgotten at once. {name} can sign in with the password and make another one.</p>
        </ConfirmDialog>
      )}
      {dialog}
    </Row>
  );
}
