'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button, ButtonLink } from '@/app/_ui/button';
import { Or } from '@/app/_ui/gate';
import { Note } from '@/app/_ui/note';
import type { MadePasskey } from '../_parts/make-passkey';
import styles from '../_parts/parts.module.css';
import { PasskeyMade } from '../_parts/passkey-made';
import { RecoveryCodes } from '../_parts/recovery-codes';
import { finishEnrolmentAction } from './actions';
import { AuthenticatorEnrolment } from './authenticator-enrolment';
import { PasskeyEnrolment } from './passkey-enrolment';
import { Waiting } from './waiting';

export interface EnrolmentProps {
  realm: 'customer' | 'staff';
  /** What there is to do: nothing, waiting, or setting up a factor. */
  task: 'done' | 'wait' | 'endorsed' | 'choose' | 'passkey' | 'authenticator';
  /** Where to go on to. */
  next: string;
  /** For the name of a new passkey: "Firefox on Linux". */
  device: string;
  /** Of the passkeys that wait. */
  fingerprints: readonly string[];
  /** Recovery codes got this session in: the new factor replaces all others, and while it waits another may take its place. */
  recovering: boolean;
}

/** A factor that was just set up, with what is shown only now. */
interface Made {
  readonly codes: readonly string[];
  readonly passkey: MadePasskey | null;
}

/**
 * Sets up a factor. Once that is done the session holds it, and the server renders this page for somebody who is through; what is shown
 * this once stays on screen because it is kept here, above everything that depends on what the server says.
 */
export function Enrolment({ realm, task, next, device, fingerprints, recovering }: EnrolmentProps) {
  const [made, setMade] = useState<Made | null>(null);
  const router = useRouter();

  if (made) {
    const waits = made.passkey?.waits ?? false;
    const lookForColleague = () => {
      setMade(null);
      router.replace('/enrol?waiting');
      router.refresh();
    };
    return (
      <div className={styles.enrol}>
        {made.passkey ? <PasskeyMade passkey={made.passkey} realm={realm} /> : null}
        {made.codes.length > 0 ? (
          <RecoveryCodes
            codes={made.codes}
            two={realm === 'staff' || made.passkey !== null}
            onward={waits ? lookForColleague : finishEnrolmentAction}
            callbackUrl={next}
          />
        ) : waits ? (
          <Button variant="primary" size="lg" wide onClick={lookForColleague}>
            Continue
          </Button>
        ) : (
          <ButtonLink variant="primary" size="lg" wide href={next}>
            Continue
          </ButtonLink>
        )}
      </div>
    );
  }
  if (task === 'done') {
    return (
      <div className={styles.enrol}>
        <p>A second factor is set up for this account. Your account page shows it, and adds others.</p>
        <Link className="link medium" href={next}>
          Continue
        </Link>
      </div>
    );
  }
  if (task === 'endorsed') {
    return (
      <ButtonLink variant="primary" size="lg" wide href="/sign-in">
        Sign in with it
      </ButtonLink>
    );
  }
  if (task === 'wait') return <Waiting fingerprints={fingerprints} mayStartOver={recovering} />;
  const replaces = recovering ? (
    <div className={styles.above}>
      <Note tone="notice" title="The new factor takes the place of all others.">
        Passkeys, authenticator and recovery codes you had so far stop working, and your other sessions end.
      </Note>
    </div>
  ) : null;
  if (task === 'authenticator') {
    return (
      <>
        {replaces}
        <AuthenticatorEnrolment onMade={(codes) => setMade({ codes, passkey: null })} />
      </>
    );
  }
  return (
    <>
      {replaces}
      <PasskeyEnrolment device={device} onMade={(passkey) => setMade({ codes: passkey.codes, passkey })} />
      {task === 'choose' ? (
        <>
          <Or>or</Or>
          <ButtonLink size="lg" wide href={`/enrol?with=authenticator&callbackUrl=${encodeURIComponent(next)}`}>
            Use an authenticator app
          </ButtonLink>
          <p className={`${styles.after} small quiet`}>
            An app on your phone shows six digits. A page that imitates this one could ask you for them; a passkey
            answers here and nowhere else.
          </p>
        </>
      ) : null}
    </>
  );
}
