'use client';
import type { FormState } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { SecretOnce } from '@/app/_ui/secret-once';

/** What an action that invites answers. */
export interface Invited extends FormState {
  link?: string;
  /** ISO. */
  expiresAt?: string;
  email?: string;
}

/** An invitation's link, to hand over by a way both sides trust. Cordon sends no mail. */
function LinkOnce({
  link,
  expiresAt,
  email,
  title,
}: {
  link: string;
  expiresAt: string;
  email: string;
  title: string;
}) {
  return (
    <Stack gap={4}>
      <Note tone="success" title={title} live />
      <SecretOnce value={link} label={`Invitation link for ${email}`} />
      <p className="small quiet">
        Hand it over yourself; no mail is sent. Whoever holds it can accept it as {email}, once, until{' '}
        {formatExact(expiresAt)}.
      </p>
    </Stack>
  );
}

/** What a `OnceForm` shows for an answer that holds a link. */
export const linkOnce =
  (title: (email: string) => string) =>
  ({ link, expiresAt, email }: Invited) =>
    link && expiresAt && email ? (
      <LinkOnce link={link} expiresAt={expiresAt} email={email} title={title(email)} />
    ) : null;
