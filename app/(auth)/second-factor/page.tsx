import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ActionForm } from '@/app/_ui/form';
import { Gate } from '@/app/_ui/gate';
import { OneTimeCode } from '@/app/_ui/one-time-code';
import { SubmitButton } from '@/app/_ui/submit';
import { currentPrincipal, landingOf, safePath } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';
import { secondFactorAction } from './actions';

export const metadata: Metadata = { title: 'Confirm it is you' };

type Search = Promise<{ callbackUrl?: string | string[] }>;

export default async function SecondFactorPage({ searchParams }: { searchParams: Search }) {
  const wish = safePath((await searchParams).callbackUrl);
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  if (principal.aal === 2) redirect(wish ?? (await landingOf(principal)));
  if (!principal.hasTotp) redirect('/enrol');
  return (
    <Gate title="Confirm it is you" lede="Step 2 of 2. Password accepted." foot={<Foot realm={principal.realm} />}>
      <Who email={principal.email} />
      <ActionForm action={secondFactorAction} hidden={{ callbackUrl: wish ?? '' }}>
        <OneTimeCode name="code" submits autoFocus />
        <SubmitButton size="lg" wide>
          Sign in
        </SubmitButton>
      </ActionForm>
      <div className={styles.below}>
        <Link className="link medium" href="/recover">
          Use a recovery code
        </Link>
        <span>A code works once.</span>
      </div>
    </Gate>
  );
}
