import type ssh2 from 'ssh2';
import { clampSize } from '@/lib/kernel/recording';
import { openChannel, whenQuiet } from './channel';
import { type ENDINGS, endingWords } from './errors';
import { toldCommand } from './events';
import { asRefusal, finishUnused, type Ground, headEvent, NO_SCREEN, prepare } from './ground';
import type { Production } from './keyring';
import { type Exit, type Person, type PersonEvents, signalOf } from './person';
import type { Recorded, Recorder } from './recorder';
import type { Asked, SessionContext } from './session-context';
import { SftpWatch } from './sftp';
import { socketOf } from './ssh2-certificates';
import * as words from './words';
import { ended, welcome } from './words';

/**
 * One session on a production host, from the request to its last head. It opens a shell only once it has its ground (`prepare`). Whatever the host
 * says is recorded before the person sees it.
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
  #watched = false;
  #over = false;
  #lost = false;
  /** Resolves when everything of it is on the disk and handed over. */
  readonly done: Promise<void>;
  #settle: () => void = () => undefined;

  /** Throws `GatewayRefusal`; the person has seen nothing then. */
  static async start(context: SessionContext, asked: Asked, person: Person): Promise<Session> {
    let self: Session | null = null;
    const ground = await prepare(context, asked, () => self?.end('recorder'));
    self = new Session(context, asked, person, ground);
    context.live.set(asked.session, self);
    try {
      await self.#open();
      return self;
    } catch (error) {
      await self.#abandon(error);
      throw asRefusal(error);
    }
  }

  private constructor(context: SessionContext, asked: Asked, person: Person, ground: Ground) {
    const { production, recorder, client } = ground;
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

  /** Says so when somebody begins to watch, and when nobody does any more; the recording holds it too. */
  watched(now: boolean): void {
    if (now === this.#watched || this.#over || !this.#channel) return;
    this.#watched = now;
    this.#warn(words.watching(now));
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
    const runs = command ?? asked;
    const told = { purpose: purpose.kind, command: runs === null ? null : toldCommand(runs) };
    if (command !== null) {
      this.#recorder.mark('command', command);
      if (asked !== null && asked !== command) this.#recorder.mark('refused', asked);
    } else if (asked !== null) this.#recorder.mark('command', asked);
    try {
      await openChannel(this.#client, this.#asked, (channel) => {
        if (this.#over) return;
        this.#channel = channel;
        this.#context.deliver({
          ...{ kind: 'session.started', at: this.#context.now(), session, grant, target, through, address },
          ...{ account, principal, serial, keyId, ...told },
        });
        this.#follow(channel);
      });
    } catch (error) {
      // What ended it meanwhile has said so.
      if (!this.#over) throw error;
    }
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
        if (open > 0) return;
        if (this.#exit && 'code' in this.#exit) this.end(null);
        else void this.#hostEnded(this.#exit ? null : 'host');
      });
    channel.on('error', () => void this.#hostEnded('host'));
    this.#client.once('close', () => void this.#hostEnded('host'));
  }

  /** Not by an exit of its own. When access is over the host may know it first, and that is what the person is told. */
  async #hostEnded(why: 'host' | null): Promise<void> {
    if (this.#over || this.#lost) return;
    this.#lost = true;
    this.end((await this.#context.ends.whyOver(this.grant)) ?? why);
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
    whenQuiet(
      () => this.#heardAt,
      () => {
        if (this.#over) return;
        this.#record(() => this.#recorder.mark('note', line));
        if (this.#asked.screen) this.#say(words.overlay(line, this.#columns));
        else if (!this.#over) this.#person.note(line);
      },
    );
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
      if (this.#files) this.end('files');
      else void this.#hostEnded('host');
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
