import type { Metadata } from 'next';
import Link from 'next/link';
import { Command } from '@/app/_ui/command';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { requestRealm } from '@/lib/identity';
import { mailConfigured } from '@/lib/notices';
import { Foot } from '../_parts/foot';
import styles from '../_parts/parts.module.css';
import { forgotAction } from './actions';

export const metadata: Metadata = { title: 'Forgot your password?' };

export default async function ForgotPage() {
  const realm = await requestRealm();
  const mails = mailConfigured();
  return (
    <Gate
      title="Forgot your password?"
      lede="A reset link replaces the password for once. Your second factor is asked for all the same."
      foot={<Foot realm={realm} />}
    >
      {mails ? (
        <ActionForm action={forgotAction} onOk="stay">
          <Field name="email" label="Email address">
            <Input type="email" autoComplete="username" required maxLength={254} autoFocus />
          </Field>
          <SubmitButton size="lg" wide>
            Mail me a reset link
          </SubmitButton>
        </ActionForm>
      ) : (
        <p>No mail is sent from here, so there are two ways:</p>
      )}
      <ul className={styles.ways}>
        <li>With a passkey you need no password: sign in with it.</li>
        <li>
          {realm === 'staff'
            ? 'Another administrator can hand you a reset link, from Employees.'
            : 'An administrator of your organisation can hand you a reset link, from Members.'}
        </li>
        {realm === 'staff' ? (
          <li>
            The last administrator starts over on the machine: <Command>npx cordon admin recover</Command>
          </li>
        ) : null}
      </ul>
      <Link className="link medium" href="/sign-in">
        Back to sign-in
      </Link>
    </Gate>
  );
}
