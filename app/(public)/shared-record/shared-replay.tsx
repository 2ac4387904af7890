'use client';
import { useState } from 'react';
import { loaderOf } from '@/app/_parts/recording/loader';
import { TerminalReplay, type TerminalReplayProps } from '@/app/_ui/terminal-replay/terminal-replay';

/** The player, with the lines of the copy that this browser holds a view of. */
export function SharedReplay(props: Omit<TerminalReplayProps, 'load' | 'find' | 'acts' | 'live'>) {
  const [load] = useState(() => loaderOf('/shared-record/lines'));
  return <TerminalReplay {...props} load={load} />;
}
