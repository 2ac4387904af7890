'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { Dialog } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import { Input } from '@/app/_ui/input';
import { Row, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { Mono } from '@/app/_ui/text';
import { isMade, type MadePasskey, makePasskey } from '@/app/(auth)/_parts/make-passkey';
import { PasskeyMade } from '@/app/(auth)/_parts/passkey-made';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { addPasskeyAction, beginPasskeyAction } from './actions';
import { OtherSessions } from './other-sessions';

export interface AddPasskeyProps {
  realm: 'customer' | 'staff';
  /** For its name: "Firefox on Linux". */
  device: string;
  otherSessions: number;
}

/** A further passkey: the device makes it, and a factor one has already agrees to it. */
export function AddPasskey({ realm, device, otherSessions }: AddPasskeyProps) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<MadePasskey | null>(null);
  const { wrap, dialog } = useStepUp({ act: 'Add a passkey', name: 'your account' });
  const router = useRouter();

  function change(wanted: boolean) {
    setOpen(wanted);
    if (wanted) return;
    setMade(null);
    router.refresh();
  }
  return (
    <>
      <Button icon="plus" onClick={() => setOpen(true)}>
        Add a passkey
      </Button>
      <Dialog open={open} onOpenChange={change} title={made ? 'Passkey added' : 'Add a passkey'}>
        {made ? (
          <Stack gap={4}>
            <PasskeyMade passkey={made} realm={realm} />
            {made.waits ? (
              <p>
                It opens nothing until a colleague endorses it on the page Employees. Read them its fingerprint:{' '}
                <Mono>{made.fingerprint}</Mono>
              </p>
            ) : null}
            <OtherSessions count={otherSessions} />
            <Row>
              <Button variant="primary" onClick={() => change(false)}>
                Done
              </Button>
            </Row>
          </Stack>
        ) : (
          <ActionForm
            label="Passkey"
            onOk="stay"
            action={async (_previous, form) => {
              const answer = await makePasskey(form, beginPasskeyAction, (passkey) =>
                // The device has made it once; while the person confirms, the same passkey is handed in again.
                wrap(() => addPasskeyAction(passkey))({}, form),
              );
              if (isMade(answer)) setMade(answer);
              return answer;
            }}
          >
            <p>
              First this device, or a security key, makes the passkey. Then you confirm it with a factor you have
              already.
            </p>
            <Field name="name" label="Name of the passkey" hint="How you will tell it from others.">
              <Input defaultValue={device} required maxLength={60} dir="auto" />
            </Field>
            <FormActs>
              <SubmitButton icon="passkey" busy="Follow your browser or device">
                Make a passkey
              </SubmitButton>
            </FormActs>
          </ActionForm>
        )}
      </Dialog>
      {dialog}
    </>
  );
}
