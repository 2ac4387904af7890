import type ssh2 from 'ssh2';
import { clampSize } from '@/lib/kernel/recording';
import { GatewayRefusal } from './errors';
import type { Asked } from './session-context';

/** Milliseconds in which a host that let us in has to open what was asked for. */
const OPEN_MILLISECONDS = 10_000;
/** Quiet milliseconds of the host after which a line of ours does not fall into the middle of one of its own sequences. */
const QUIET_MILLISECONDS = 60;
const LATEST_MILLISECONDS = 1_000;

/**
 * Opens what the session is for: shell, command or SFTP. What a short command answers can stand in the packet that opens its channel, so everything
 * has to listen when `opened` returns. Throws `host.refused`.
 */
export function openChannel(
  client: ssh2.Client,
  { purpose, screen, lang }: Pick<Asked, 'purpose' | 'screen' | 'lang'>,
  opened: (channel: ssh2.ClientChannel) => void,
): Promise<void> {
  const size = screen && clampSize(screen.columns, screen.rows);
  const pty = size && { term: screen.term, cols: size.columns, rows: size.rows };
  const env = lang === null ? {} : { env: { LANG: lang } };
  return new Promise((resolve, reject) => {
    const refuse = (cause?: Error) => reject(new GatewayRefusal('host.refused', { cause }));
    const late = setTimeout(refuse, OPEN_MILLISECONDS);
    const answered = (error: Error | undefined, channel: ssh2.ClientChannel) => {
      clearTimeout(late);
      if (error) return refuse(error);
      opened(channel);
      resolve();
    };
    client.once('close', () => {
      clearTimeout(late);
      refuse();
    });
    if (purpose.kind === 'files') client.subsys('sftp', answered);
    else if (purpose.kind === 'command')
      client.exec(purpose.command, { ...env, ...(pty && { pty }) } as ssh2.ExecOptions, answered);
    else client.shell(pty ?? (false as never), env as ssh2.ShellOptions, answered);
  });
}

/** Calls `then` once the host has said nothing for a moment, and soon in any case. `heardAt`: as `performance.now()`. */
export function whenQuiet(heardAt: () => number, then: () => void): void {
  const from = performance.now();
  const attempt = (): void => {
    const now = performance.now();
    if (now - heardAt() >= QUIET_MILLISECONDS || now - from >= LATEST_MILLISECONDS) then();
    else setTimeout(attempt, QUIET_MILLISECONDS);
  };
  attempt();
}
