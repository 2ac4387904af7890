'use client';
import { useActionState } from 'react';
import { Copy } from '@/app/_ui/copy';
import { FormMessage } from '@/app/_ui/form';
import { OneTimeCode } from '@/app/_ui/one-time-code';
import { QrCode } from '@/app/_ui/qr-code';
import { SubmitButton } from '@/app/_ui/submit';
import styles from '../_parts/parts.module.css';
import { useStepUp } from '../_step-up/use-step-up';
import { beginAuthenticatorAction, confirmAuthenticatorAction } from './actions';
import type { AuthenticatorState } from './state';

/** Shows the QR code, and confirms it with one code. Somebody who is signed in already is asked for a factor they have first. */
export function AuthenticatorEnrolment({ onMade }: { onMade: (codes: readonly string[]) => void }) {
  const { wrap, dialog } = useStepUp({ act: 'Set up an authenticator', name: 'your account' });
  const begin = wrap(beginAuthenticatorAction);
  const [state, act] = useActionState<AuthenticatorState, FormData>(async (previous, form) => {
    if (!previous.scan) return begin(previous, form);
    const answer = await confirmAuthenticatorAction(previous, form);
    const { codes } = answer as AuthenticatorState;
    if (codes) onMade(codes);
    return answer;
  }, {});

  if (!state.scan) {
    return (
      <>
        <form action={act} className={styles.enrol}>
          <FormMessage state={state} />
          <p>The next step shows a secret. Be where nobody sees your screen.</p>
          <SubmitButton size="lg" wide>
            Show the QR code
          </SubmitButton>
        </form>
        {dialog}
      </>
    );
  }
  const { qr, key } = state.scan;
  return (
    <form action={act} className={styles.enrol}>
      <div className={styles.qr}>
        <QrCode qr={qr} label="QR code with the secret of your authenticator" size={196} />
      </div>
      <p className="small quiet">
        No camera? Type this key: <span className="mono strong">{key.match(/.{1,4}/g)?.join(' ')}</span>{' '}
        <Copy value={key} label="Copy key" />
      </p>
      <OneTimeCode name="code" label="Code shown by the app" submits autoFocus resetKey={state} />
      <FormMessage state={state} />
      <SubmitButton size="lg" wide busy="Checking">
        Confirm the code
      </SubmitButton>
    </form>
  );
}
