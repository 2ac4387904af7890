import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentPrincipal, landingOf } from '@/lib/identity';
import { Landing } from './(public)/_landing/landing';

export const metadata: Metadata = {
  title: { absolute: 'Cordon' },
  description: 'Tokens, fences and revocations of real-time projects, enforced at every edge and written down.',
};

/** Whoever is signed in starts working; everybody else reads what this is. Staff have their own start, on their own origin. */
export default async function StartPage() {
  const principal = await currentPrincipal();
  if (principal?.aal === 2) redirect(await landingOf(principal));
  return <Landing />;
}
