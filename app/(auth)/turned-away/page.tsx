import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { ButtonLink } from '@/app/_ui/button';
import { Gate } from '@/app/_ui/gate';
import { Stack } from '@/app/_ui/layout';
import { one, type Params } from '@/app/_ui/query';
import { SubmitButton } from '@/app/_ui/submit';
import {
  landingOf,
  membershipsOf,
  organisationPath,
  type Principal,
  requirePrincipal,
  turnedAway,
} from '@/lib/identity';
import { Foot } from '../_parts/foot';
import { Who } from '../_parts/who';
import { signInAgainAction } from './actions';
import { turnedAwayWords } from './words';

export const metadata: Metadata = { title: 'Not let in' };

/** Where the person wanted to go. Of an organisation nothing is said but its name, and that only to those who belong to it. */
async function wanted(principal: Principal, slug: string | undefined) {
  if (principal.realm === 'staff') return { organisationId: null, of: 'The provider', path: '/staff' };
  if (!slug) redirect(await landingOf(principal));
  const found = (await membershipsOf(principal.secret)).find((membership) => membership.slug === slug);
  if (!found) notFound();
  return { organisationId: found.organisationId, of: found.name, path: organisationPath(found) };
}

/** For whoever is signed in and turned away by an access policy: what it asks for, read at this moment, and the way back in. */
export default async function TurnedAwayPage({ searchParams }: { searchParams: Promise<Params> }) {
  const principal = await requirePrincipal();
  const { organisationId, of, path } = await wanted(principal, one(await searchParams, 'organisation'));
  const found = await turnedAway(principal, organisationId);
  if (!found) redirect(path);
  const { title, text, way } = turnedAwayWords(found, of, principal.passkeys);
  const elsewhere = principal.realm === 'customer' && (await membershipsOf(principal.secret)).length > 1;
  return (
    <Gate title={title} lede={<span dir="auto">{text}</span>} foot={<Foot realm={principal.realm} />}>
      <Who email={principal.email} />
      <Stack gap={3}>
        {way === 'passkey' ? (
          <ButtonLink href="/account" variant="primary" size="lg" wide>
            Add a passkey
          </ButtonLink>
        ) : null}
        {way === 'password' ? (
          <ButtonLink href="/account" variant="primary" size="lg" wide>
            Change the password
          </ButtonLink>
        ) : null}
        {way === 'sign-in' || way === 'passkey' ? (
          <form action={signInAgainAction}>
            <input type="hidden" name="callbackUrl" value={path} />
            <SubmitButton size="lg" wide variant={way === 'sign-in' ? 'primary' : 'default'}>
              Sign in again
            </SubmitButton>
          </form>
        ) : null}
        {way === null ? (
          <ButtonLink href={path} size="lg" wide>
            Try again
          </ButtonLink>
        ) : null}
        {elsewhere ? (
          <ButtonLink href="/choose" variant="ghost" wide>
            Another organisation
          </ButtonLink>
        ) : null}
      </Stack>
    </Gate>
  );
}
