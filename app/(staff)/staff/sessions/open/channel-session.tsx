'use client';
/** In a channel as an observer of the provider: what is sent there, who that is, and the way out. */
import { useEffect, useRef, useState } from 'react';
import { counted } from '@/app/_parts/access/words';
import { Button } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Picture, Pictures } from '@/app/_ui/picture';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { GiveBack } from '../../requests/_parts/request-acts';
import { JOINING, type Watching, watchChannel } from './watch-channel';

const WORDS = {
  joining: ['applied', 'Joining'],
  in: ['live', 'In the channel'],
  over: ['closed', 'Over'],
} as const;

export function ChannelSession({ of, request }: { of: Watching; request: string }) {
  const [standing, setStanding] = useState(JOINING);
  const leave = useRef<() => void>(() => {});
  useEffect(() => {
    leave.current = watchChannel(of, setStanding);
    return () => leave.current();
  }, [of]);
  const { state, words, tiles, others } = standing;
  const stop = () => {
    leave.current();
    setStanding({ ...JOINING, state: 'over', words: 'You have left the channel.' });
  };
  return (
    <Stack gap={4}>
      {state === 'over' ? null : (
        <Note tone="notice" title="You are seen.">
          Everybody in the channel is shown <Mono wrap>{of.account}</Mono>; only what speaks WHIP or WHEP alone cannot
          be told. You see and hear; you send nothing. That you were there, from when to when, stands in the customer’s
          log. Of what you see nothing is recorded.
        </Note>
      )}
      <Row gap={3} wrap>
        <span role="status">
          <Status
            state={WORDS[state][0]}
            word={WORDS[state][1]}
            detail={state === 'in' ? `with ${counted(others, 'other')}` : undefined}
          />
        </span>
        <Mono>{of.channel}</Mono>
        {state === 'over' ? (
          // Loaded anew: a session's name is made with the page.
          <a className="link" href={`/staff/sessions/open?grant=${request}`}>
            Open another session
          </a>
        ) : (
          <Button type="button" onClick={stop}>
            Leave the channel
          </Button>
        )}
        <GiveBack request={request} pending={false} />
      </Row>
      {words ? <Note live>{words}</Note> : null}
      {state === 'in' && tiles.length === 0 ? (
        <Empty title="Nobody sends">Whoever begins to send appears here.</Empty>
      ) : (
        <Pictures>
          {tiles.map(({ account, stream }) => (
            // Without sound until somebody wants it: several at once would help nobody.
            <Picture key={account} label={`Picture of ${account}`} name={account} stream={stream} muted controls />
          ))}
        </Pictures>
      )}
    </Stack>
  );
}
