import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { Gate } from '@/app/_ui/gate';
import { Note } from '@/app/_ui/note';
import { currentPrincipal, landingOf, requestRealm, safePath } from '@/lib/identity';
import { Ended } from '../_parts/ended';
import { Foot } from '../_parts/foot';
import { nextStep } from '../_parts/next-step';
import styles from '../_parts/parts.module.css';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

type Search = Promise<{ callbackUrl?: string | string[]; error?: string | string[]; ended?: string | string[] }>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const realm = await requestRealm();
  const search = await searchParams;
  const wish = safePath(search.callbackUrl);
  const principal = await currentPrincipal();
  if (principal && nextStep(principal) === 'through') redirect(wish ?? (await landingOf(principal)));
  return (
    <Gate
      title="Sign in"
      lede={
        realm === 'staff'
          ? 'The provider’s own staff. A passkey is all it takes.'
          : 'With your password and a second factor, or with a passkey alone.'
      }
      foot={<Foot realm={realm} />}
    >
      {search.ended !== undefined ? (
        <div className={styles.above}>
          <Ended how={search.ended} />
        </div>
      ) : null}
      {search.error ? (
        <div className={styles.above}>
          <Note tone="danger" title="Not signed in.">
            Address and password do not match an account here.
          </Note>
        </div>
      ) : null}
      <SignInForm first={realm === 'staff' ? 'passkey' : 'password'} callbackUrl={wish ?? ''} />
      <div className={styles.below}>
        <Link className="link medium" href="/forgot">
          Forgot your password?
        </Link>
        <span>Single sign-on is not available yet.</span>
      </div>
    </Gate>
  );
}
