import type { Metadata } from 'next';
import Link from 'next/link';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { Input } from '@/app/_ui/input';
import { Note } from '@/app/_ui/note';
import { NewPassword } from '@/app/_ui/password-strength';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, findInvitation, linkCookie, passwordMinimumOfLink, requestRealm } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { nextStep } from '../_parts/next-step';
import { OpenLink } from '../_parts/open-link';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';
import { acceptInvitationAction, joinAction } from './actions';

export const metadata: Metadata = { title: 'Invitation' };

export default async function InvitePage() {
  const realm = await requestRealm();
  const secret = await linkCookie(realm);
  const found = secret ? await findInvitation(realm, secret) : null;
  const foot = <Foot realm={realm} />;
  if (!found) {
    return (
      <Gate title="Invitation" lede="An invitation link works once and for seven days." foot={foot}>
        <OpenLink>
          <p>
            {secret
              ? 'This invitation does not work any more: it was used, withdrawn or ran out. Ask for a new one.'
              : 'Open the link exactly as you got it. Its last part, after the # sign, is the key.'}
          </p>
        </OpenLink>
        <noscript>Reading the key from a link needs JavaScript on this page.</noscript>
      </Gate>
    );
  }

  const principal = await currentPrincipal();
  const title = found.organisation ? `Join ${found.organisation.name}` : 'Join the provider’s staff';
  const lede = `Invited: ${found.email}, as ${found.memberRole ?? found.staffRole}.`;
  if (principal && nextStep(principal) === 'through') {
    const same = principal.email === found.email;
    return (
      <Gate title={title} lede={lede} foot={foot}>
        <OpenLink />
        <Who email={principal.email} />
        {same ? (
          <ActionForm action={joinAction}>
            <SubmitButton size="lg" wide>
              {title}
            </SubmitButton>
          </ActionForm>
        ) : (
          <Note tone="notice" title="This invitation is for another address">
            Sign out, then open the link again.
          </Note>
        )}
      </Gate>
    );
  }
  const minimum = await passwordMinimumOfLink(secret ?? '');
  return (
    <Gate title={title} lede={lede} foot={foot}>
      <OpenLink />
      <ActionForm action={acceptInvitationAction}>
        <Field name="name" label="Your name">
          <Input autoComplete="name" required maxLength={120} autoFocus />
        </Field>
        <Field
          name="password"
          label="New password"
          hint={`At least ${minimum} characters. A few words in a row work well.`}
        >
          <NewPassword around={[found.email, found.organisation?.name ?? '']} min={minimum} required maxLength={1024} />
        </Field>
        <SubmitButton size="lg" wide>
          Make the account
        </SubmitButton>
      </ActionForm>
      {realm === 'customer' ? (
        <div className={styles.below}>
          <Link className="link medium" href="/sign-in?callbackUrl=%2Finvite">
            Sign in and accept
          </Link>
          <span>If this address has an account</span>
        </div>
      ) : null}
    </Gate>
  );
}
