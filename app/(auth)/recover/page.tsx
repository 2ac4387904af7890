import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, landingOf } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';
import { recoverAction } from './actions';

export const metadata: Metadata = { title: 'Use a recovery code' };

export default async function RecoverPage() {
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  if (principal.aal === 2) redirect(await landingOf(principal));
  if (!principal.hasTotp) redirect('/enrol');
  return (
    <Gate
      title="Use a recovery code"
      lede="One of the ten codes you stored when the authenticator was set up. It works once."
      foot={<Foot realm={principal.realm} />}
    >
      <Who email={principal.email} />
      <ActionForm action={recoverAction}>
        <Field name="code" label="Recovery code" hint="Sixteen characters; hyphens and case do not matter.">
          <Input mono autoComplete="off" autoFocus required maxLength={64} placeholder="0000-0000-0000-0000" />
        </Field>
        <SubmitButton size="lg" wide>
          Sign in with this code
        </SubmitButton>
      </ActionForm>
      <div className={styles.below}>
        <Link className="link medium" href="/second-factor">
          Use the authenticator
        </Link>
        <span>No codes left? Ask an owner or administrator.</span>
      </div>
    </Gate>
  );
}
