import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ActionForm } from '@/app/_ui/form';
import { Gate, Or } from '@/app/_ui/gate';
import { OneTimeCode } from '@/app/_ui/one-time-code';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, landingOf, recoveryCodesNeeded, safePath } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { nextStep } from '../_parts/next-step';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';
import { secondFactorAction } from './actions';
import { PasskeyFactor } from './passkey-factor';

export const metadata: Metadata = { title: 'Confirm it is you' };

type Search = Promise<{ callbackUrl?: string | string[] }>;

/** The passkey first where the account has one. A code is enough for customers; staff reach the page that makes a passkey with it. */
export default async function SecondFactorPage({ searchParams }: { searchParams: Search }) {
  const wish = safePath((await searchParams).callbackUrl);
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  const step = nextStep(principal);
  if (step === 'through') redirect(wish ?? (await landingOf(principal)));
  if (step !== 'second-factor') redirect(wish ? `/enrol?callbackUrl=${encodeURIComponent(wish)}` : '/enrol');

  const byPasskey = principal.passkeys > 0;
  const byCode = principal.hasTotp && principal.aal === 1 && !(byPasskey && principal.realm === 'staff');
  return (
    <Gate title="Confirm it is you" lede={lede(principal)} foot={<Foot realm={principal.realm} />}>
      <Who email={principal.email} />
      {byPasskey ? <PasskeyFactor callbackUrl={wish ?? ''} /> : null}
      {byPasskey && byCode ? <Or>or a code from your authenticator</Or> : null}
      {byCode ? (
        <ActionForm action={secondFactorAction} hidden={{ callbackUrl: wish ?? '' }} label="Code">
          <OneTimeCode name="code" submits autoFocus={!byPasskey} />
          {byPasskey ? null : (
            <SubmitButton size="lg" wide>
              {principal.realm === 'staff' ? 'Go on' : 'Sign in'}
            </SubmitButton>
          )}
        </ActionForm>
      ) : null}
      <div className={styles.below}>
        <Link className="link medium" href="/recover">
          {recoveryCodesNeeded(principal) === 2 ? 'Use two recovery codes' : 'Use a recovery code'}
        </Link>
        {byCode ? <span>{byPasskey ? 'Sends itself at six digits.' : 'A code works once.'}</span> : null}
      </div>
    </Gate>
  );
}

function lede({ aal, realm, passkeys }: { aal: 1 | 2; realm: 'customer' | 'staff'; passkeys: number }): string {
  if (aal === 2) return 'Your passkey was endorsed. Use it now, and you are in.';
  if (realm === 'staff' && passkeys === 0) return 'Step 2 of 3. Password accepted; after the code you make a passkey.';
  return 'Step 2 of 2. Password accepted.';
}
