'use client';
/** Compares the operator's log with what this browser saw of it at an earlier visit. The checking itself is loaded when the page has been shown. */
import { useEffect, useState } from 'react';
import { Button } from '@/app/_ui/button';
import { CodeBlock } from '@/app/_ui/command';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import type { Comparison, Remembered, Shown } from './remembered';
import { comparisonWords } from './remembered-words';

interface Compared {
  comparison: Comparison;
  before: Remembered | null;
}

export function RememberedLog({ note, vkeys }: { note: string; vkeys: string[] }) {
  const [compared, setCompared] = useState<Compared | 'closed' | null>(null);
  // Parts of one text, so that a new array with the same keys is not a new question.
  const keys = vkeys.join('\n');

  useEffect(() => {
    let over = false;
    compareAndKeep({ note, vkeys: keys.split('\n') }).then(
      (result) => over || setCompared(result),
      () => over || setCompared({ comparison: { state: 'unknown', why: 'unreachable' }, before: null }),
    );
    return () => {
      over = true;
    };
  }, [note, keys]);

  if (compared === null) return <p className="quiet">Comparing it with what this browser saw before …</p>;
  if (compared === 'closed')
    return <p className="quiet">This browser lets nothing be kept, so it does not compare it with an earlier visit.</p>;
  const { comparison, before } = compared;
  const { tone, title, says } = comparisonWords(comparison, before?.seenAt ?? null);
  const stands = comparison.state === 'diverged' || comparison.state === 'rekeyed';
  const forget = async () => setCompared(await startOver({ note, vkeys }));
  return (
    <Stack gap={3}>
      <Note
        tone={tone}
        title={title}
        live
        action={stands ? <Button onClick={forget}>Remember this one instead</Button> : undefined}
      >
        {says}
      </Note>
      {stands && before ? <CodeBlock label="checkpoint seen before">{before.note}</CodeBlock> : null}
    </Stack>
  );
}

async function compareAndKeep(shown: Shown): Promise<Compared | 'closed'> {
  const [{ compare, originOf, recall, remember }, { host }] = await Promise.all([
    import('./remembered'),
    import('./browser-host'),
  ]);
  const storage = storageOf();
  if (!storage) return 'closed';
  const origin = originOf(shown.note) ?? '';
  const before = recall(storage, origin);
  const comparison = await compare(host, before, shown);
  // What contradicts, or could not be shown, never replaces what was seen.
  const keeps = comparison.state === 'first' || comparison.state === 'consistent';
  if (keeps && !remember(storage, origin, shown, Date.now())) return 'closed';
  return { comparison, before };
}

/** When somebody has looked into it. */
async function startOver(shown: Shown): Promise<Compared | 'closed'> {
  const { originOf, remember } = await import('./remembered');
  const storage = storageOf();
  if (!storage || !remember(storage, originOf(shown.note) ?? '', shown, Date.now())) return 'closed';
  return { comparison: { state: 'first' }, before: null };
}

/** Reading the property throws where a browser forbids storage. */
function storageOf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
