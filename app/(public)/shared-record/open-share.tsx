'use client';

import { useEffect, useRef, useState, useTransition } from 'react';
import { Button } from '@/app/_ui/button';
import { Stack } from '@/app/_ui/layout';
import { openShareAction } from './actions';

/**
 * Takes the secret of a link out of the address bar, and opens the link when somebody asks for it: opening counts, so nothing that only loads the
 * page uses it up.
 */
export function OpenShare() {
  const link = useRef('');
  const [state, setState] = useState<'none' | 'there' | 'refused' | 'busy'>('none');
  const [opening, start] = useTransition();

  useEffect(() => {
    const read = () => {
      const secret = window.location.hash.slice(1);
      if (!secret) return;
      link.current = secret;
      setState('there');
      // One turn later: Next's router follows the address bar only once its own effects have run, and would put it back.
      setTimeout(() => window.history.replaceState(null, '', window.location.pathname));
    };
    read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);

  if (state === 'none') return <p>Open the link exactly as you got it. Its last part, after the # sign, is the key.</p>;
  if (state === 'refused')
    return (
      <p role="alert">
        This link does not work. It may have ended, or been used up or withdrawn. Ask whoever gave it to you.
      </p>
    );
  return (
    <Stack gap={4}>
      {state === 'busy' ? <p role="alert">That did not work just now. Wait a little and try again.</p> : null}
      <p>Opening the record counts as one view, lasts at most four hours, and is recorded by the provider.</p>
      <Button
        variant="primary"
        size="lg"
        disabled={opening}
        onClick={() =>
          start(async () => {
            const answer = await openShareAction(link.current);
            if (!('ok' in answer)) setState('busy');
            else if (!answer.ok) setState('refused');
          })
        }
      >
        Open the record
      </Button>
    </Stack>
  );
}
