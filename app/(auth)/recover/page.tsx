import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, landingOf, recoveryCodesNeeded } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { nextStep } from '../_parts/next-step';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';
import { recoverAction } from './actions';

export const metadata: Metadata = { title: 'Use a recovery code' };

export default async function RecoverPage() {
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  const step = nextStep(principal);
  if (step === 'through') redirect(await landingOf(principal));
  if (step === 'enrol' || principal.aal === 2) redirect('/enrol');
  const two = recoveryCodesNeeded(principal) === 2;
  return (
    <Gate
      title={two ? 'Use two recovery codes' : 'Use a recovery code'}
      lede={
        two
          ? `Of the ten you stored. Two, because ${principal.passkeys > 0 ? 'a passkey guards this account' : 'this is a staff account'}; each works once.`
          : 'One of the ten you stored. It works once.'
      }
      foot={<Foot realm={principal.realm} />}
    >
      <Who email={principal.email} />
      <ActionForm action={recoverAction} label="Recovery">
        <Field
          name="code"
          label={two ? 'First code' : 'Recovery code'}
          hint={two ? undefined : 'Twenty-four characters; hyphens and case do not matter.'}
        >
          <Input
            mono
            autoComplete="off"
            autoFocus
            required
            maxLength={64}
            placeholder="0000-0000-0000-0000-0000-0000"
          />
        </Field>
        {two ? (
          <Field name="second" label="Second code" hint="Twenty-four characters each; hyphens and case do not matter.">
            <Input mono autoComplete="off" required maxLength={64} placeholder="0000-0000-0000-0000-0000-0000" />
          </Field>
        ) : null}
        <SubmitButton size="lg" wide>
          {two ? 'Go on with these codes' : 'Go on with this code'}
        </SubmitButton>
      </ActionForm>
      <p className={`${styles.after} small quiet`}>The next page sets up a new factor, and does nothing else.</p>
      <div className={styles.below}>
        <Link className="link medium" href={step === 'wait' ? '/enrol' : '/second-factor'}>
          {principal.passkeys > 0 ? 'Use a passkey' : step === 'wait' ? 'Go on waiting' : 'Use the authenticator'}
        </Link>
        <span>
          {principal.realm === 'staff'
            ? 'No codes left? Ask an administrator.'
            : 'No codes left? Ask an owner or administrator.'}
        </span>
      </div>
    </Gate>
  );
}
