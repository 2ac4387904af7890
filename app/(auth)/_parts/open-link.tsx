'use client';

import { type ReactNode, useEffect, useState, useTransition } from 'react';
import { openLinkAction } from './actions';

/**
 * Takes the secret of a link out of the address bar and hands it to the server, which keeps it in a cookie scripts cannot
 * read and renders this page again. The fragment never travels by itself, so this is the one script these pages need.
 */
export function OpenLink({ children }: { children?: ReactNode }) {
  const [refused, setRefused] = useState(false);
  const [opening, start] = useTransition();

  useEffect(() => {
    const secret = window.location.hash.slice(1);
    if (!secret) return;
    start(async () => {
      // One turn later: Next's router follows the address bar only once its own effects have run, and would put it back.
      await Promise.resolve();
      window.history.replaceState(null, '', window.location.pathname);
      const answer = await openLinkAction(secret);
      setRefused(!('ok' in answer && answer.ok));
    });
  }, []);

  if (opening) return <p role="status">Reading the link…</p>;
  if (refused) {
    return (
      <p role="alert">This link does not work any more. It works once and for a limited time; ask for a new one.</p>
    );
  }
  return <>{children}</>;
}
