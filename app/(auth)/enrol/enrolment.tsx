'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { Copy } from '@/app/_ui/copy';
import { Checkbox } from '@/app/_ui/input';
import { Note } from '@/app/_ui/note';
import { OneTimeCode } from '@/app/_ui/one-time-code';
import { QrCode } from '@/app/_ui/qr-code';
import { SubmitButton } from '@/app/_ui/submit';
import styles from '../_parts/parts.module.css';
import { enrolAction, finishEnrolmentAction } from './actions';
import type { EnrolState, Refused } from './state';

export interface EnrolmentProps {
  /** Where to go on to; null as long as the session lacks the second factor. */
  next: string | null;
  /** The authenticator was lost: a new one takes its place, although the session holds both factors. */
  replacing: boolean;
}

/** Show the QR code, confirm it with one code, store the recovery codes. */
export function Enrolment({ next, replacing }: EnrolmentProps) {
  const [answer, act] = useActionState<EnrolState | Refused, FormData>(enrolAction, { step: 'start' });
  const state: EnrolState = 'step' in answer ? answer : { step: 'start', error: answer.message };

  if (state.step === 'codes') return <RecoveryCodes codes={state.codes} next={next ?? '/'} />;
  if (next !== null && !replacing) {
    return (
      <div className={styles.enrol}>
        <p>An authenticator is set up for this account.</p>
        <Link className="link medium" href={next}>
          Continue
        </Link>
      </div>
    );
  }
  if (state.step === 'start') {
    return (
      <form action={act} className={styles.enrol}>
        <p>
          {replacing
            ? 'The new authenticator replaces the old one, and every other session of yours ends.'
            : 'The next step shows a secret. Be where nobody sees your screen.'}
        </p>
        {state.error ? (
          <Note tone="danger" live>
            {state.error}
          </Note>
        ) : null}
        <input type="hidden" name="intent" value="begin" />
        <SubmitButton size="lg" wide>
          Show the QR code
        </SubmitButton>
        {next === null ? null : (
          <Link className="link medium" href={next}>
            I still have it, go on
          </Link>
        )}
      </form>
    );
  }
  return (
    <form action={act} className={styles.enrol}>
      <div className={styles.qr}>
        <QrCode qr={state.qr} label="QR code with the secret of your authenticator" size={196} />
      </div>
      <p className="small quiet">
        No camera? Type this key: <span className="mono strong">{state.key.match(/.{1,4}/g)?.join(' ')}</span>{' '}
        <Copy value={state.key} label="Copy key" />
      </p>
      <input type="hidden" name="intent" value="confirm" />
      <OneTimeCode name="code" label="Code shown by the app" submits autoFocus resetKey={state} />
      {state.error ? (
        <Note tone="danger" live>
          {state.error}
        </Note>
      ) : null}
      <SubmitButton size="lg" wide busy="Checking">
        Confirm the code
      </SubmitButton>
    </form>
  );
}

function RecoveryCodes({ codes, next }: { codes: readonly string[]; next: string }) {
  const text = codes.join('\n');
  return (
    <div className={styles.enrol}>
      <p>
        <strong className="strong">Store these recovery codes now.</strong> Each replaces the authenticator once. They
        are kept here only as fingerprints and cannot be shown again.
      </p>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.acts}>
        <Copy value={text} label="Copy all ten" worded />
        <a
          className="link small medium"
          download="cordon-recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
        >
          Download as text
        </a>
      </div>
      <form action={finishEnrolmentAction} className={styles.enrol}>
        <input type="hidden" name="callbackUrl" value={next} />
        <Checkbox name="stored" required label="I stored them where I will find them without this device" />
        <SubmitButton size="lg" wide>
          Continue
        </SubmitButton>
      </form>
    </div>
  );
}
