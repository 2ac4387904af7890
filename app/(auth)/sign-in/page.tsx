import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input, Password } from '@/app/_ui/input';
import { Note } from '@/app/_ui/note';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, landingOf, requestRealm, safePath } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { signInAction } from './actions';

export const metadata: Metadata = { title: 'Sign in' };

type Search = Promise<{ callbackUrl?: string | string[]; error?: string | string[]; ended?: string | string[] }>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const realm = await requestRealm();
  const search = await searchParams;
  const wish = safePath(search.callbackUrl);
  const principal = await currentPrincipal();
  if (principal?.aal === 2) redirect(wish ?? (await landingOf(principal)));
  return (
    <Gate
      title="Sign in"
      lede={
        realm === 'staff'
          ? 'Step 1 of 2. The provider’s own staff.'
          : 'Step 1 of 2. Then a code from your authenticator.'
      }
      foot={<Foot realm={realm} />}
    >
      {search.ended !== undefined ? (
        <Note tone="quiet" title="Signed out">
          The session was ended on the server; its cookie is worth nothing now.
        </Note>
      ) : null}
      {search.error ? (
        <Note tone="danger" title="Not signed in">
          Address and password do not match an account here.
        </Note>
      ) : null}
      <ActionForm action={signInAction} hidden={{ callbackUrl: wish ?? '' }}>
        <Field name="email" label="Email address">
          <Input type="email" autoComplete="username" autoFocus required maxLength={254} />
        </Field>
        <Field name="password" label="Password">
          <Password autoComplete="current-password" required maxLength={1024} />
        </Field>
        <SubmitButton size="lg" wide>
          Continue
        </SubmitButton>
      </ActionForm>
    </Gate>
  );
}
