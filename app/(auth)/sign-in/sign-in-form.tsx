'use client';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormMessage } from '@/app/_ui/form';
import { Or } from '@/app/_ui/gate';
import { Input, Password } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { PasskeyButton } from '../_parts/passkey-button';
import { useSignIn } from './use-sign-in';

export interface SignInFormProps {
  /** Which way stands first: staff have a passkey, customers may have one. */
  first: 'passkey' | 'password';
  callbackUrl: string;
}

export function SignInForm({ first, callbackUrl }: SignInFormProps) {
  const { passkey, password } = useSignIn(callbackUrl);
  const passkeyFirst = first === 'passkey';

  const byPasskey = (
    <Stack gap={3}>
      <FormMessage state={passkey.state} />
      <PasskeyButton answer={passkey} variant={passkeyFirst ? 'primary' : 'default'} autoFocus={passkeyFirst}>
        Sign in with a passkey
      </PasskeyButton>
      <noscript>
        <p className="small quiet">A passkey needs JavaScript on this page; the password does not.</p>
      </noscript>
    </Stack>
  );
  const byPassword = (
    <ActionForm action={password} hidden={{ callbackUrl }}>
      <Field name="email" label="Email address">
        <Input type="email" autoComplete="username webauthn" autoFocus={!passkeyFirst} required maxLength={254} />
      </Field>
      <Field name="password" label="Password">
        <Password autoComplete="current-password" required maxLength={1024} />
      </Field>
      <SubmitButton size="lg" wide variant={passkeyFirst ? 'default' : 'primary'}>
        Continue
      </SubmitButton>
    </ActionForm>
  );
  return (
    <>
      {passkeyFirst ? byPasskey : byPassword}
      <Or>{passkeyFirst ? 'or begin with the password' : 'or without a password'}</Or>
      {passkeyFirst ? byPassword : byPasskey}
    </>
  );
}
