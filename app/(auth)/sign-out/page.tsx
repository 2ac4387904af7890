import type { Metadata } from 'next';
import { Gate } from '@/app/_ui/gate';
import { SubmitButton } from '@/app/_ui/submit';
import { requestRealm } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { signOutAction } from './actions';

export const metadata: Metadata = { title: 'Sign out' };

export default async function SignOutPage() {
  return (
    <Gate
      title="Sign out"
      lede="Ends this session on the server at once, everywhere its cookie is."
      foot={<Foot realm={await requestRealm()} />}
    >
      <form action={signOutAction}>
        <SubmitButton size="lg" wide>
          Sign out
        </SubmitButton>
      </form>
    </Gate>
  );
}
