'use client';
/** Ends the page when its session ends, whoever ended it. Shows nothing. */
import { useEffect } from 'react';
import { watchSession } from './watch-session';

export function SessionWatch({ organisationId }: { organisationId?: string }) {
  useEffect(
    () =>
      watchSession({
        organisationId,
        // A new document: nothing of what was on the page stays behind.
        onEnd: (reason) => window.location.assign(`/sign-in?ended=${reason}`),
      }),
    [organisationId],
  );
  return null;
}
