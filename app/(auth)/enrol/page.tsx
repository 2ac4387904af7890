import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Gate } from '@/app/_ui/gate';
import { currentPrincipal, landingOf, safePath } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { Who } from '../_parts/who';
import { Enrolment } from './enrolment';

export const metadata: Metadata = { title: 'Set up your authenticator' };

type Search = Promise<{ callbackUrl?: string | string[]; lost?: string | string[] }>;

/**
 * Once the first code is confirmed the session holds both factors, and this page is rendered again while the recovery
 * codes are on screen. It must not redirect then; it hands the way on to the component that shows the codes.
 */
export default async function EnrolPage({ searchParams }: { searchParams: Search }) {
  const search = await searchParams;
  const wish = safePath(search.callbackUrl);
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  if (principal.aal === 1 && principal.hasTotp) redirect('/second-factor');
  const next = principal.aal === 2 ? (wish ?? (await landingOf(principal))) : null;
  return (
    <Gate
      title={search.lost === undefined ? 'Set up your authenticator' : 'Replace your authenticator?'}
      lede="Nobody signs in with a password alone. Any app that makes six-digit codes works."
      foot={<Foot realm={principal.realm} />}
      open={next !== null && search.lost === undefined}
    >
      <Who email={principal.email} />
      <Enrolment next={next} replacing={search.lost !== undefined} />
    </Gate>
  );
}
