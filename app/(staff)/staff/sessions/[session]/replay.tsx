'use client';
import { useState } from 'react';
import { finderOf, loaderOf } from '@/app/_parts/recording/loader';
import { Button } from '@/app/_ui/button';
import { Row } from '@/app/_ui/layout';
import { clock } from '@/app/_ui/terminal-replay/clock';
import { TerminalReplay, type TerminalReplayProps } from '@/app/_ui/terminal-replay/terminal-replay';
import { CopyForm } from './copy-form';

export interface ReplayProps extends Omit<TerminalReplayProps, 'load' | 'find' | 'acts'> {
  session: string;
  searchable: boolean;
  /** Of the session; without it the record itself is played. */
  copy?: string;
  /** Why no copy can be made; undefined where one can. */
  noCopy: string | undefined;
}

/** The player, with the lines and the search of one session, and the form that takes stretches of it out of a copy. */
export function Replay({ session, searchable, copy, noCopy, ...rest }: ReplayProps) {
  const [source] = useState(() => {
    const path = `/staff/sessions/${encodeURIComponent(session)}`;
    const query = copy ? `&copy=${encodeURIComponent(copy)}` : '';
    return { load: loaderOf(`${path}/lines`, query), find: finderOf(`${path}/find`) };
  });
  const [times, setTimes] = useState('');
  const [from, setFrom] = useState<number | null>(null);
  const to = (seconds: number) => {
    const [a, b] = [Math.min(from ?? seconds, seconds), Math.max(from ?? seconds, seconds)];
    setTimes((now) => `${now.trim() === '' ? '' : `${now.trim().replace(/,$/, '')}, `}${clock(a)}-${clock(b)}`);
    setFrom(null);
  };
  const marks = (seconds: number) =>
    copy || noCopy !== undefined ? null : (
      <Row wrap gap={2}>
        {from === null ? (
          <Button size="sm" onClick={() => setFrom(seconds)}>
            Withhold from {clock(seconds)}
          </Button>
        ) : (
          <>
            <Button size="sm" onClick={() => to(seconds)}>
              Withhold {clock(Math.min(from, seconds))} to {clock(Math.max(from, seconds))}
            </Button>
            <Button size="sm" variant="ghost" onClick={() => setFrom(null)}>
              Not this
            </Button>
          </>
        )}
        <span className="small quiet">For a copy. The record itself stays as it is.</span>
      </Row>
    );
  return (
    <>
      <TerminalReplay {...rest} load={source.load} find={searchable && !copy ? source.find : undefined} acts={marks} />
      {copy ? null : <CopyForm session={session} times={times} onTimes={setTimes} reason={noCopy} />}
    </>
  );
}
