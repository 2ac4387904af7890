import type ssh2 from 'ssh2';
import { clampSize, plainHead } from '@/lib/kernel/recording';
import type { Ends } from './ends';
import { type ENDINGS, endingWords, GatewayRefusal } from './errors';
import type { GatewayEvent } from './events';
import { dialHost, newSessionKey } from './host';
import type { GatewayKeyring, Production } from './keyring';
import type { Exit, Person, PersonEvents, Purpose, Screen } from './person';
import { signalOf } from './person';
import { checkRoom, type Recorded, Recorder } from './recorder';
import { SftpWatch } from './sftp';
import { socketOf } from './ssh2-certificates';
import * as words from './words';
import { ended, welcome } from './words';

/** What every session of this gateway shares. */
export interface SessionContext {
  keyring: GatewayKeyring;
  ends: Ends;
  /** Of recordings, 0700. */
  folder: string;
  /** The address hosts see this gateway come from; stands in each certificate. */
  sourceAddress: string;
  /** Where a target listens; null when it is not known. */
  addressOf(host: string): { address: string; port: number } | null;
  /** Throws `GatewayRefusal` while nothing can be delivered: no session begins then. */
  checkDelivery(): void;
  deliver(event: GatewayEvent): void;
  /** Unix milliseconds. */
  now(): number;
  /** Sessions that run, for the end of the process. */
  live: Map<string, Session>;
}

export interface Asked {
  session: string;
  ticket: string | null;
  /** Of the person. */
  address: string;
  through: 'key' | 'web terminal';
  purpose: Purpose;
  /** Null without a terminal. */
  screen: Screen | null;
  lang: string | null;
}

/** Copying that an exec request can ask for by itself. A shell can still print a file: that is on the screen, and recorded. */
const COPIES = /^\s*(?:\S*\/)?(?:scp|sftp-server|rsync)(?:\s|$)/;
/** Quiet milliseconds of the host after which a line of ours does not fall into the middle of one of its own sequences. */
const QUIET_MILLISECONDS = 60;
const LATEST_MILLISECONDS = 1_000;

/**
 * One session on a production host, from the request to its last head. Its order is the order of what must be there first: delivery, room for the
 * recording, the keyring's certificate, the recording itself, the host, and only then a shell. Whatever the host says is recorded before the
 * person sees it.
 */
export class Session implements PersonEvents {
  readonly #context: SessionContext;
  readonly #asked: Asked;
  readonly #person: Person;
  readonly #production: Production;
  readonly #recorder: Recorder;
  readonly #client: ssh2.Client;
  #channel: ssh2.ClientChannel | null = null;
  readonly #files: SftpWatch | null;
  #unwatch: () => void = () => undefined;
  #exit: Exit = null;
  #columns: number;
  #heardAt = 0;
  #over = false;
  /** Resolves when everything of it is on the disk and handed over. */
  readonly done: Promise<void>;
  #settle: () => void = () => undefined;

  /** Throws `GatewayRefusal`; the person has seen nothing then. */
  static async start(context: SessionContext, asked: Asked, person: Person): Promise<Session> {
    context.checkDelivery();
    tryRecord(() => checkRoom(context.folder));
    const key = newSessionKey();
    const { session, ticket } = asked;
    const { sourceAddress, keyring } = context;
    const production = await keyring.productionCertificate({ session, publicKey: key.line, sourceAddress, ticket });
    const name = /^host:(.+)$/.exec(production.target)?.[1];
    const at = name === undefined ? null : context.addressOf(name);
    if (name === undefined || !at) throw new GatewayRefusal('gateway.target');
    checkPurpose(asked.purpose, production);

    let self: Session | null = null;
    let lost: unknown = null;
    const recorder = tryRecord(
      () =>
        new Recorder(
          context.folder,
          session,
          { ...(asked.screen ?? NO_SCREEN), now: Math.floor(context.now() / 1000) },
          {
            head: (recorded) => context.deliver(headEvent(recorded)),
            failed: (error) => {
              lost = error;
              self?.end('recorder');
            },
          },
        ),
    );
    try {
      tryRecord(() => recorder.mark('note', `start ${production.target} as ${production.account}, ${asked.through}`));
      const { host } = await keyring.authorities();
      const { account, certificate } = production;
      const client = await dialHost({
        ...{ name, ...at, account, key, certificate, authorities: host },
        now: () => Math.floor(context.now() / 1000),
      });
      if (lost) {
        socketOf(client).destroy();
        throw new GatewayRefusal('gateway.recorder', { cause: lost });
      }
      self = new Session(context, asked, person, production, recorder, client);
      context.live.set(session, self);
      await self.#open();
      return self;
    } catch (error) {
      if (self) await self.#abandon(error);
      else await finishUnused(recorder, context, error);
      throw error instanceof GatewayRefusal ? error : new GatewayRefusal('gateway.recorder', { cause: error });
    }
  }

  private constructor(
    context: SessionContext,
    asked: Asked,
    person: Person,
    production: Production,
    recorder: Recorder,
    client: ssh2.Client,
  ) {
    this.#context = context;
    this.#asked = asked;
    this.#person = person;
    this.#production = production;
    this.#recorder = recorder;
    this.#client = client;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#columns = asked.screen?.columns ?? NO_SCREEN.columns;
    this.#files =
      asked.purpose.kind === 'files' ? new SftpWatch((text) => this.#record(() => recorder.mark('note', text))) : null;
  }

  get grant(): string {
    return this.#production.grant;
  }

  input(chunk: Buffer): void {
    if (this.#over || !this.#channel) return;
    this.#guarded(() => {
      this.#files?.person(chunk);
      if (this.#channel!.write(chunk)) return;
      this.#person.pause();
      this.#channel!.once('drain', () => this.#person.resume());
    });
  }

  eof(): void {
    if (!this.#over) this.#guarded(() => this.#channel?.end());
  }

  resize(columns: number, rows: number): void {
    if (this.#over || !this.#asked.screen) return;
    const size = clampSize(columns, rows);
    this.#columns = size.columns;
    this.#guarded(() => {
      this.#record(() => this.#recorder.resize(size.columns, size.rows));
      this.#channel?.setWindow(size.rows, size.columns, 0, 0);
    });
  }

  signal(name: string): void {
    const signal = signalOf(name);
    if (signal && !this.#over) this.#guarded(() => this.#channel?.signal(signal));
  }

  gone(): void {
    this.end('left');
  }

  /** Ends it, once. `why` is one of `ENDINGS`, or null when the host ended it by itself. */
  end(why: keyof typeof ENDINGS | string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch();
    // First the host: whatever is said now changes nothing there.
    socketOf(this.#client).destroy();
    const said = why === null || why === 'left' ? null : ended(endingWords(why));
    if (said && why !== 'recorder') this.#quietly(() => this.#recorder.output(Buffer.from(words.lastLine(said))));
    this.#quietly(() => this.#files?.end());
    this.#person.finish(this.#exit, said);
    void this.#close(why ?? 'exit');
  }

  async #close(why: string): Promise<void> {
    let recorded: Recorded | null = null;
    try {
      recorded = await this.#recorder.end(this.#exitWords(why));
    } catch {
      // A recording that broke off has no final head, and that is what its verifier says.
    }
    const { session } = this.#asked;
    if (recorded) this.#context.deliver(headEvent(recorded));
    const exit = this.#exit && 'code' in this.#exit ? this.#exit.code : null;
    this.#context.deliver({ kind: 'session.ended', at: this.#context.now(), session, why, exit });
    this.#context.live.delete(session);
    this.#settle();
  }

  #exitWords(why: string): string {
    if (why !== 'exit' || !this.#exit) return endingWords(why);
    return 'code' in this.#exit ? `exit ${this.#exit.code}` : `signal ${this.#exit.signal}`;
  }

  async #open(): Promise<void> {
    const { purpose, screen, session, address, through } = this.#asked;
    const { grant, target, deadline, account, principal, serial, keyId, command } = this.#production;
    const asked = purpose.kind === 'command' ? purpose.command : null;
    if (command !== null) {
      this.#recorder.mark('command', command);
      if (asked !== null && asked !== command) this.#recorder.mark('refused', asked);
    } else if (asked !== null) this.#recorder.mark('command', asked);
    await this.#openChannel(() =>
      this.#context.deliver({
        ...{ kind: 'session.started', at: this.#context.now(), session, grant, target, through, address },
        ...{ account, principal, serial, keyId, purpose: purpose.kind, command: command ?? asked },
      }),
    );
    if (this.#over) return;
    if (screen && purpose.kind === 'shell') this.#say(`${welcome(target, deadline)}\r\n`);
    this.#unwatch = this.#context.ends.watch(
      {
        grant,
        cut: (why) => this.end(why),
        warn: (minutes, until) => this.#warn(words.warning(minutes, until)),
      },
      deadline,
    );
  }

  /** What a short command answers can stand in the packet that opens its channel, so everything listens before this returns to ssh2. */
  #openChannel(started: () => void): Promise<void> {
    const { purpose, screen, lang } = this.#asked;
    const size = screen && clampSize(screen.columns, screen.rows);
    const pty = size && { term: screen.term, cols: size.columns, rows: size.rows };
    const env = lang === null ? {} : { env: { LANG: lang } };
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new GatewayRefusal('host.refused')), 10_000);
      const opened = (error: Error | undefined, channel: ssh2.ClientChannel) => {
        clearTimeout(late);
        if (error) reject(new GatewayRefusal('host.refused', { cause: error }));
        else if (!this.#over) {
          this.#channel = channel;
          started();
          this.#follow(channel);
          resolve();
        }
      };
      this.#client.once('close', () => opened(new Error('closed'), undefined as never));
      if (purpose.kind === 'files') this.#client.subsys('sftp', opened);
      else if (purpose.kind === 'command')
        this.#client.exec(purpose.command, { ...env, ...(pty && { pty }) } as ssh2.ExecOptions, opened);
      else this.#client.shell(pty ?? (false as never), env as ssh2.ShellOptions, opened);
    });
  }

  #follow(channel: ssh2.ClientChannel): void {
    channel.on('data', (chunk: Buffer) => this.#fromHost(chunk, false));
    channel.stderr.on('data', (chunk: Buffer) => this.#fromHost(chunk, true));
    channel.on('exit', (code: number | null, signal?: string) => {
      const name = signalOf(signal);
      this.#exit = typeof code === 'number' ? { code } : name ? { signal: name } : null;
    });
    // Standard output and standard error end each by themselves.
    let open = 2;
    for (const stream of [channel, channel.stderr])
      stream.once('close', () => {
        open -= 1;
        if (open === 0) this.end(this.#exit ? null : 'host');
      });
    channel.on('error', () => this.end('host'));
    this.#client.once('close', () => this.end('host'));
  }

  #fromHost(chunk: Buffer, error: boolean): void {
    if (this.#over) return;
    this.#heardAt = performance.now();
    this.#guarded(() => {
      if (this.#files) this.#files.host(chunk);
      else this.#record(() => this.#recorder.output(chunk));
      if (this.#over || this.#person.send(chunk, error)) return;
      this.#channel!.pause();
      this.#channel!.stderr.pause();
      this.#person.drained(() => {
        this.#channel!.resume();
        this.#channel!.stderr.resume();
      });
    });
  }

  /** A line over the screen, once the host says nothing for a moment, so that it does not end up inside a sequence. */
  #warn(line: string): void {
    const from = performance.now();
    const attempt = () => {
      if (this.#over) return;
      const now = performance.now();
      if (now - this.#heardAt < QUIET_MILLISECONDS && now - from < LATEST_MILLISECONDS)
        return void setTimeout(attempt, QUIET_MILLISECONDS);
      this.#record(() => this.#recorder.mark('note', line));
      if (this.#asked.screen) this.#say(words.overlay(line, this.#columns));
      else if (!this.#over) this.#person.note(line);
    };
    attempt();
  }

  #say(text: string): void {
    const bytes = Buffer.from(text);
    this.#record(() => this.#recorder.output(bytes));
    if (!this.#over) this.#person.send(bytes, false);
  }

  #record(act: () => void): void {
    try {
      act();
    } catch {
      this.end('recorder');
    }
  }

  /** ssh2 throws from calls on a connection that broke a moment ago, and the reader of SFTP at what it cannot follow. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch {
      this.end(this.#files ? 'files' : 'host');
    }
  }

  #quietly(act: () => void): void {
    try {
      act();
    } catch {
      // The recording is what broke; its end says so.
    }
  }

  async #abandon(error: unknown): Promise<void> {
    this.#over = true;
    this.#unwatch();
    socketOf(this.#client).destroy();
    this.#context.live.delete(this.#asked.session);
    await finishUnused(this.#recorder, this.#context, error);
    this.#settle();
  }
}

/** A mark holds no more; a longer one could hide its end. */
const LONGEST_COMMAND = 1_000;

const NO_SCREEN: Screen = { columns: 80, rows: 24, term: 'dumb' };

const headEvent = ({ head, bytes }: Recorded): GatewayEvent => ({
  kind: 'session.head',
  session: head.session,
  head: plainHead(head),
  bytes,
});

function tryRecord<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new GatewayRefusal('gateway.recorder', { cause: error });
  }
}

function checkPurpose(purpose: Purpose, { command, files }: Production): void {
  if (purpose.kind === 'files' && (!files || command !== null)) throw new GatewayRefusal('gateway.files');
  if (purpose.kind === 'command' && purpose.command.length > LONGEST_COMMAND)
    throw new GatewayRefusal('gateway.long_command');
  if (purpose.kind !== 'command' || command !== null || !COPIES.test(purpose.command)) return;
  throw new GatewayRefusal(files ? 'gateway.legacy_copy' : 'gateway.files');
}

/** The recording of a session that the host did not begin says so, and is delivered like the others. */
async function finishUnused(recorder: Recorder, context: SessionContext, error: unknown): Promise<void> {
  const reason = error instanceof GatewayRefusal ? error.message : 'it did not begin';
  try {
    context.deliver(headEvent(await recorder.end(reason)));
  } catch {
    // Nothing was shown that it would have to record.
  }
}
