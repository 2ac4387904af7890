import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@/lib/platform';
import { Crowd, type CrowdLimits } from './crowd';
import { Ends } from './ends';
import type { GatewayEvent } from './events';
import { openHostKey } from './host-key';
import type { GatewayKeyring } from './keyring';
import type { SessionContext } from './session-context';
import { listenSsh, type SshServerOptions } from './ssh-server';
import { listenTerminal } from './terminal';

export interface GatewayOptions {
  /** Host key and recordings, 0700. */
  home: string;
  host: string;
  port: number;
  /** Unix socket of the web terminal; the console's server connects to it. */
  terminal: string;
  /** The address hosts see this gateway come from. */
  sourceAddress: string;
  keyring: GatewayKeyring;
  addressOf: SessionContext['addressOf'];
  delivery: Delivery;
  /** Ends live sessions too when control or the keyring is silent for longer than this, in milliseconds; null: only their deadlines end them. */
  strictAfter?: number | null;
  log: Log<'rule'>;
  /** Unix milliseconds. */
  now?: () => number;
  limits?: Partial<CrowdLimits>;
  within?: SshServerOptions['within'];
}

/** Where events and recordings go. */
export interface Delivery {
  /** Throws `GatewayRefusal` while nothing can be delivered. */
  check(): void;
  deliver(event: GatewayEvent): void;
  /** Milliseconds since control was heard. */
  silent(): number;
}

export interface Gateway {
  /** Of the SSH server. */
  port: number;
  sessions(): number;
  /** Tells the people in these sessions that somebody watches, and those in others that nobody does any more. */
  watched(sessions: ReadonlySet<string>): void;
  /** Ends every session, and resolves when their recordings are complete. */
  stop(): Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { home, host, port, keyring, delivery, log, now = Date.now } = options;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const live: SessionContext['live'] = new Map();
  const { strictAfter: after = null } = options;
  const strict = after === null ? null : { after, controlSilent: () => delivery.silent() };
  const ends = new Ends({ describe: (grants) => keyring.describe(grants), now, strict });
  const context: SessionContext = {
    ...{ keyring, ends, now, live },
    folder: join(home, 'recordings'),
    sourceAddress: options.sourceAddress,
    addressOf: options.addressOf,
    checkDelivery: () => delivery.check(),
    deliver: (event) => delivery.deliver(event),
  };
  const hostKey = await openHostKey(home, keyring, log);
  const crowd = new Crowd(options.limits);
  const ssh = await listenSsh({
    host,
    port,
    hostKey: hostKey.current,
    context,
    crowd,
    log,
    ...(options.within && { within: options.within }),
  });
  const terminal = await listenTerminal({ path: options.terminal, context, crowd, log });
  return {
    port: ssh.port,
    sessions: () => live.size,
    watched: (sessions) => {
      for (const [id, session] of live) session.watched(sessions.has(id));
    },
    async stop() {
      hostKey.stop();
      ends.stop();
      const running = [...live.values()];
      for (const session of running) session.end('stopped');
      await Promise.all(running.map((session) => session.done));
      await Promise.all([ssh.stop(), terminal.stop()]);
    },
  };
}
