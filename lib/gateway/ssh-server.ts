import { createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import { CERTIFICATE_TYPE, verifyCertificate } from '@/lib/kernel/ssh';
import { isId, type Log } from '@/lib/platform';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { isAmong, plainAddress } from './addresses';
import type { Crowd } from './crowd';
import { SshPerson } from './employee';
import { GatewayRefusal } from './errors';
import { isLang, type Purpose, type Screen, termOf } from './person';
import { Session } from './session';
import type { SessionContext } from './session-context';
import { signAsCertified, socketOf } from './ssh2-certificates';

/** Milliseconds from the first byte to a proven certificate, and from there to the session's request. */
const WITHIN = { authenticate: 20_000, ask: 15_000 };
const MAX_TRIES = 8;
const NO_OTHER_WAY = ['publickey'] as never;

export interface SshServerOptions {
  host: string;
  port: number;
  /** As `certifiedKey` makes it; asked at each connection, because its certificate is renewed. */
  hostKey(): ParsedKey;
  context: SessionContext;
  crowd: Crowd;
  within?: Partial<typeof WITHIN>;
  log: Log<'rule'>;
}

export interface SshServer {
  port: number;
  stop(): Promise<void>;
}

/**
 * Where employees' SSH clients come in. The only way is a certificate of the gateway authority whose principal is the session, and the user name
 * too; passwords and codes are never asked for. One connection, one session, one channel: forwarding, agent and X11 have no listener here, and
 * ssh2 refuses what has none.
 */
export async function listenSsh(options: SshServerOptions): Promise<SshServer> {
  const { context, crowd, log } = options;
  const within = { ...WITHIN, ...options.within };
  const server = new ssh2.Server({
    hostKeys: [{ key: options.hostKey() as never }],
    ident: 'Cordon',
    algorithms: { compress: ['none'] },
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
  } as ssh2.ServerConfig);
  const sockets = new Map<Socket, NodeJS.Timeout>();
  /** Certificates that began a session; the keyring remembers them for ever. */
  const used = new Set<string>();

  server.on('connection', (connection) => {
    signAsCertified(connection, options.hostKey());
    const socket = socketOf(connection);
    // What ends a connection is no business of ours beyond ending it: a dead client does not take part in a goodbye.
    connection.on('error', () => socket.destroy());
    const address = plainAddress(socket.remoteAddress);
    let tries = 0;
    let admitted: string | null = null;
    connection.on('authentication', (auth) => {
      tries += 1;
      if (tries > MAX_TRIES) return void socket.destroy();
      authenticate(auth, address).then(
        (outcome) => {
          if (outcome === 'offered' || outcome === 'admitted') {
            if (outcome === 'admitted') admitted = auth.username;
            auth.accept();
          } else {
            if (outcome !== 'other') log.info('ssh.refused', { code: outcome, address });
            auth.reject(NO_OTHER_WAY);
          }
        },
        () => {
          // The keyring is away: nobody is let in.
          log.warn('ssh.refused', { code: 'gateway.keyring_silent', address });
          auth.reject(NO_OTHER_WAY);
        },
      );
    });
    connection.on('ready', () => {
      clearTimeout(sockets.get(socket));
      sockets.set(
        socket,
        setTimeout(() => socket.destroy(), within.ask),
      );
      serve(connection, admitted!, address);
    });
  });

  async function authenticate(auth: AuthContext, address: string): Promise<string> {
    if (auth.method !== 'publickey' || (auth.key.algo as string) !== CERTIFICATE_TYPE) return 'other';
    if (!isId('ssn', auth.username)) return 'principal_missing';
    if (used.has(auth.username)) return 'gateway.not_open';
    // Now, and not when the keyring has answered: the bytes are views into buffers of the connection.
    const shown = Uint8Array.from(auth.key.data);
    const signature = auth.signature && plainSignature(Buffer.from(auth.signature));
    const { gateway } = await context.keyring.authorities();
    const use = {
      type: 'user',
      authorities: gateway,
      principal: auth.username,
      now: context.now() / 1000,
      comesFrom: (networks: readonly string[]) => isAmong(address, networks),
    } as const;
    const result = await verifyCertificate(shown, use, verifyEd25519);
    if (!result.ok) return result.reason;
    if (!auth.signature) return 'offered';
    if (!signature || !(await verifyEd25519(result.certificate.publicKey, auth.blob!, signature)))
      return 'signature_invalid';
    // Two connections at the same time both come this far; the first takes it.
    if (used.has(auth.username)) return 'gateway.not_open';
    used.add(auth.username);
    setTimeout(() => used.delete(auth.username), (result.certificate.validBefore - use.now) * 1000 + 60_000).unref();
    return 'admitted';
  }

  function serve(connection: Connection, session: string, address: string): void {
    const socket = socketOf(connection);
    let asked = false;
    connection.on('session', (accept, reject) => {
      if (asked) return void reject();
      asked = true;
      const channels = accept();
      let screen: Screen | null = null;
      let lang: string | null = null;
      let running: Session | null = null;
      channels.on('pty', (ok, _no, info) => {
        screen = { columns: info.cols, rows: info.rows, term: termOf((info as { term?: string }).term) };
        ok?.();
      });
      channels.on('env', (ok, no, info) => {
        const { key, val } = info as unknown as { key: string; val: string };
        if (!isLang(key, val)) return void no?.();
        lang = val;
        ok?.();
      });
      channels.on('window-change', (ok, _no, info) => {
        if (screen) screen = { ...screen, columns: info.cols, rows: info.rows };
        running?.resize(info.cols, info.rows);
        ok?.();
      });
      channels.on('signal', (ok, _no, info) => {
        running?.signal(info.name);
        ok?.();
      });
      channels.on('shell', (ok) => begin(ok, { kind: 'shell' }));
      channels.on('exec', (ok, _no, info) => begin(ok, { kind: 'command', command: info.command }));
      channels.on('subsystem', (ok, no, info) => (info.name === 'sftp' ? begin(ok, { kind: 'files' }) : no?.()));

      const begin = (ok: () => ServerChannel, purpose: Purpose): void => {
        if (running || !ok) return;
        clearTimeout(sockets.get(socket));
        const channel = ok();
        channel.on('error', () => undefined);
        const person = new SshPerson(connection, channel, screen !== null);
        let gone = false;
        socket.once('close', () => {
          gone = true;
          running?.gone();
        });
        // What is typed before the host answers waits in the channel.
        Session.start(context, { session, ticket: null, address, through: 'key', purpose, screen, lang }, person).then(
          (started) => {
            running = started;
            if (gone) return started.gone();
            if (screen) started.resize(screen.columns, screen.rows);
            channel.on('data', (chunk: Buffer) => started.input(chunk));
            channel.once('end', () => started.eof());
            channel.once('close', () => started.gone());
          },
          (error: unknown) => {
            const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal('gateway.keyring_silent');
            log.warn('session.refused', { sessionId: session, code: refusal.code, address, error: refusal.cause });
            context.deliver({ kind: 'session.refused', at: context.now(), session, code: refusal.code, address });
            person.refuse(refusal.message);
          },
        );
      };
    });
  }

  const listener = createServer({ noDelay: true }, (socket) => {
    const leave = crowd.enter(plainAddress(socket.remoteAddress), performance.now());
    if (!leave) return void socket.destroy();
    socket.on('error', () => undefined);
    sockets.set(
      socket,
      setTimeout(() => socket.destroy(), within.authenticate),
    );
    socket.once('close', () => {
      leave();
      clearTimeout(sockets.get(socket));
      sockets.delete(socket);
    });
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port, options.host, resolve);
  });
  return {
    port: (listener.address() as { port: number }).port,
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
    },
  };
}

/** The 64 bytes out of `string "ssh-ed25519" | string signature`, which ssh2 leaves as they are for a type it does not know. */
function plainSignature(blob: Buffer): Buffer | null {
  const head = Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x40', 'latin1');
  return blob.length === head.length + 64 && blob.subarray(0, head.length).equals(head)
    ? blob.subarray(head.length)
    : null;
}
