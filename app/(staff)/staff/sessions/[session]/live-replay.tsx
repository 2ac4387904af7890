'use client';
import { useRouter } from 'next/navigation';
import { useMemo, useRef, useState } from 'react';
import { followerOf } from '@/app/_parts/recording/loader';
import { TerminalReplay } from '@/app/_ui/terminal-replay/terminal-replay';
import type { ReplayHeader, ReplayLine, ReplayMark } from '@/app/_ui/terminal-replay/types';
import { parseMark } from '@/lib/kernel/recording';

export interface LiveReplayProps {
  session: string;
  title: string;
  header: ReplayHeader;
  seconds: number;
}

/** The session as it runs. Once it is over and nothing more comes, the page is made anew: with the record, verified as a whole. */
export function LiveReplay({ session, title, header, seconds }: LiveReplayProps) {
  const router = useRouter();
  const [marks, setMarks] = useState<readonly ReplayMark[]>([]);
  const state = useRef({ lines: 0, done: false });
  const load = useMemo(() => {
    const path = `/staff/sessions/${encodeURIComponent(session)}/watch`;
    return followerOf(path, (lines, over) => {
      const found = marksIn(lines, state.current.lines + 1);
      state.current.lines += lines.length;
      if (found.length > 0) setMarks((now) => [...now, ...found]);
      if (!over || lines.length > 0 || state.current.done) return;
      state.current.done = true;
      router.refresh();
    });
  }, [session, router]);
  return (
    <TerminalReplay live title={title} header={header} seconds={seconds} load={load} marks={marks} startAt={seconds} />
  );
}

const marksIn = (lines: readonly ReplayLine[], first: number): ReplayMark[] =>
  lines.flatMap(({ kind, time, data }, i) => {
    const mark = kind === 'm' ? parseMark(data) : null;
    return mark ? [{ line: first + i, seconds: time / 1e6, ...mark }] : [];
  });
