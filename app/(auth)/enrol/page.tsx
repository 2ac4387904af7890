import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { Gate } from '@/app/_ui/gate';
import { currentPrincipal, landingOf, type Principal, safePath, waitingFingerprints } from '@/lib/identity';
import { deviceOf } from '@/lib/notices';
import { Foot } from '../_parts/foot';
import { nextStep } from '../_parts/next-step';
import { Who } from '../_parts/who';
import { Enrolment, type EnrolmentProps } from './enrolment';

export const metadata: Metadata = { title: 'Second factor' };

type Search = Promise<{
  callbackUrl?: string | string[];
  /** `authenticator`: the app instead of a passkey. */
  with?: string | string[];
  /** Came from the page that waits. */
  waiting?: string | string[];
  /** Starts over although a passkey waits. */
  again?: string | string[];
}>;

/**
 * The first factor of an account, the one that takes the place of lost ones, and waiting for a passkey to be endorsed. Also where an account
 * page sends somebody to set up an authenticator. It must not redirect once the session holds a factor: recovery codes may be on screen.
 */
export default async function EnrolPage({ searchParams }: { searchParams: Search }) {
  const search = await searchParams;
  const wish = safePath(search.callbackUrl);
  const principal = await currentPrincipal();
  if (!principal) redirect('/sign-in');
  const step = nextStep(principal);
  const recovering = principal.raisedBy === 'recovery';
  if (step === 'second-factor') {
    redirect(wish ? `/second-factor?callbackUrl=${encodeURIComponent(wish)}` : '/second-factor');
  }

  const task = taskOf(principal, search);
  const through = step === 'through';
  const { title, lede } = words(task, principal);
  return (
    <Gate title={title} lede={lede} foot={<Foot realm={principal.realm} />} open={through && task === 'done'}>
      <Who email={principal.email} />
      <Enrolment
        realm={principal.realm}
        task={task}
        next={wish ?? (through ? await landingOf(principal) : '/')}
        device={deviceOf((await headers()).get('user-agent') ?? '')}
        fingerprints={task === 'wait' ? await waitingFingerprints(principal.secret) : []}
        recovering={recovering}
      />
    </Gate>
  );
}

function taskOf(principal: Principal, search: Awaited<Search>): EnrolmentProps['task'] {
  const { realm, raisedBy, passkeys } = principal;
  const step = nextStep(principal);
  if (step === 'wait' && !(raisedBy === 'recovery' && search.again !== undefined)) return 'wait';
  // The passkey made after recovery codes is the only one there is; before, the ones that were lost are.
  if (raisedBy === 'recovery' && search.waiting !== undefined && passkeys > 0) return 'endorsed';
  if (search.with === 'authenticator' && realm === 'customer') return 'authenticator';
  if (step === 'through') return 'done';
  return realm === 'staff' ? 'passkey' : 'choose';
}

function words(task: EnrolmentProps['task'], { realm, raisedBy }: Principal): { title: string; lede: string } {
  if (task === 'wait')
    return { title: 'Waiting for a colleague', lede: 'A second person vouches for every new passkey of the staff.' };
  if (task === 'endorsed') return { title: 'Your passkey is endorsed', lede: 'From now on it is your way in.' };
  if (task === 'authenticator')
    return { title: 'Set up your authenticator', lede: 'Any app that makes six-digit codes works.' };
  if (realm === 'staff') {
    return {
      title: 'Set up your passkey',
      lede:
        raisedBy === 'totp'
          ? 'You came in with a code, and a code can be typed into a page that only looks like this one. Staff work with a passkey.'
          : 'Staff sign in with a passkey: it answers at this address only, so a page that looks like this one gets nothing.',
    };
  }
  return {
    title: 'Set up your second factor',
    lede: 'Nobody signs in with a password alone. A passkey is the safer and quicker one.',
  };
}
