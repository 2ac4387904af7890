'use client';
import { useState } from 'react';
import { TerminalReplay, type TerminalReplayProps } from '@/app/_ui/terminal-replay/terminal-replay';
import type { FindText, LoadLines } from '@/app/_ui/terminal-replay/types';
import type { HitView, LinesView } from '@/lib/recordings/schemas';

export interface ReplayProps extends Omit<TerminalReplayProps, 'load' | 'find'> {
  session: string;
  searchable: boolean;
}

/** The player, with the lines and the search of one session. */
export function Replay({ session, searchable, ...rest }: ReplayProps) {
  const [source] = useState(() => ({ load: loaderOf(session), find: finderOf(session) }));
  return <TerminalReplay {...rest} load={source.load} find={searchable ? source.find : undefined} />;
}

const path = (session: string) => `/staff/sessions/${encodeURIComponent(session)}`;

/** The server counts bytes, the player lines: what each line began at is kept. */
function loaderOf(session: string): LoadLines {
  const began = new Map<number, number | null>([[1, 0]]);
  return async (fromLine) => {
    let from = began.get(fromLine) ?? null;
    while (from !== null) {
      const { lines, next }: LinesView = await ask(`${path(session)}/lines?from=${from}`);
      began.set(fromLine + lines.length, next);
      if (lines.length > 0) return lines;
      from = next;
    }
    return [];
  };
}

const finderOf =
  (session: string): FindText =>
  (words) =>
    ask<HitView[]>(`${path(session)}/find?words=${encodeURIComponent(words)}`);

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return (await answer.json()) as T;
}
