import type { Metadata } from 'next';
import Link from 'next/link';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input } from '@/app/_ui/input';
import { NewPassword } from '@/app/_ui/password-strength';
import { SubmitButton } from '@/app/_ui/submit';
import { linkCookie, passwordMinimumOfLink, setupOpen } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { OpenLink } from '../_parts/open-link';
import { setupAction } from './actions';

export const metadata: Metadata = { title: 'Set-up' };

export default async function SetupPage() {
  const foot = <Foot realm="staff" />;
  if (!(await setupOpen())) {
    return (
      <Gate title="Set-up is done" lede="The provider has an administrator." foot={foot} open>
        <Link className="link medium" href="/sign-in">
          Sign in
        </Link>
      </Gate>
    );
  }
  const link = await linkCookie('staff');
  if (!link) {
    return (
      <Gate title="Set up Cordon" lede="The set-up link stands in the terminal that started Cordon." foot={foot}>
        <OpenLink>
          <p>Open the link exactly as printed. Its last part, after the # sign, is the key.</p>
        </OpenLink>
        <noscript>Reading the key from a link needs JavaScript on this page.</noscript>
      </Gate>
    );
  }
  const minimum = await passwordMinimumOfLink(link);
  return (
    <Gate
      title="Make the first administrator"
      lede="Of the provider, not of a customer. This account makes organisations and invites their owners."
      foot={foot}
    >
      <OpenLink />
      <ActionForm action={setupAction}>
        <Field name="name" label="Your name">
          <Input autoComplete="name" required maxLength={120} autoFocus />
        </Field>
        <Field name="email" label="Email address">
          <Input type="email" autoComplete="username" required maxLength={254} />
        </Field>
        <Field
          name="password"
          label="New password"
          hint={`At least ${minimum} characters. A few words in a row work well.`}
        >
          <NewPassword min={minimum} required maxLength={1024} />
        </Field>
        <SubmitButton size="lg" wide>
          Make the account
        </SubmitButton>
      </ActionForm>
    </Gate>
  );
}
