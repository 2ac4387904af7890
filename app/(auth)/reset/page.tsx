import type { Metadata } from 'next';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Password } from '@/app/_ui/input';
import { Note } from '@/app/_ui/note';
import { NewPassword } from '@/app/_ui/password-strength';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, findReset, linkCookie, passwordMinimum, requestRealm } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { OpenLink } from '../_parts/open-link';
import { Who } from '../_parts/who';
import { resetPasswordAction, startResetAction } from './actions';

export const metadata: Metadata = { title: 'Set a new password' };

/** Three states of one address: the link is read, the second factor is asked for elsewhere, the new password is chosen. */
export default async function ResetPage() {
  const realm = await requestRealm();
  const link = await linkCookie(realm);
  const found = link ? await findReset(realm, link) : null;
  const foot = <Foot realm={realm} />;
  if (!found) {
    return (
      <Gate title="Set a new password" lede="A reset link works until it is used or runs out." foot={foot}>
        <OpenLink>
          <p>
            {link
              ? 'This link does not work any more: it was used, replaced by a newer one, or ran out. Ask for a new one.'
              : 'Open the link exactly as you got it. Its last part, after the # sign, is the key.'}
          </p>
        </OpenLink>
        <noscript>Reading the key from a link needs JavaScript on this page.</noscript>
      </Gate>
    );
  }

  const principal = await currentPrincipal();
  if (principal?.aal !== 2 || principal.userId !== found.userId || principal.raisedBy === 'recovery') {
    return (
      <Gate
        title="Set a new password"
        lede="The link replaces the password, not your second factor: that comes first."
        foot={foot}
      >
        <OpenLink />
        <Who email={found.email} />
        {principal?.aal === 2 && principal.userId !== found.userId ? (
          <Note tone="notice" title="Somebody else is signed in here">
            Going on signs {principal.email} out of this browser.
          </Note>
        ) : null}
        <ActionForm action={startResetAction}>
          <SubmitButton size="lg" wide>
            Go on to the second factor
          </SubmitButton>
        </ActionForm>
      </Gate>
    );
  }
  const minimum = await passwordMinimum(principal.secret);
  return (
    <Gate title="Set a new password" lede="Every other session of yours ends." foot={foot}>
      <OpenLink />
      <Who email={found.email} />
      <ActionForm action={resetPasswordAction}>
        <Field
          name="password"
          label="New password"
          hint={`At least ${minimum} characters. A few words in a row work well.`}
        >
          <NewPassword around={[found.email]} min={minimum} required maxLength={1024} autoFocus />
        </Field>
        <Field name="again" label="New password once more">
          <Password autoComplete="new-password" required maxLength={1024} />
        </Field>
        <SubmitButton size="lg" wide>
          Set the password
        </SubmitButton>
      </ActionForm>
    </Gate>
  );
}
