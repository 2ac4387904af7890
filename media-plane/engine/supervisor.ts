/**
 * Keeps one engine child running: starts it, passes requests, restarts it with a short backoff after a crash, and kills it
 * when it does not obey in time. A child that is gone forwards nothing, so every open request then has a true answer.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { EngineEvent } from './port';
import type { FromChild, Operation, Operations, Start, ToChild } from './protocol';

export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SupervisorOptions {
  command: { path: string; execArgv: string[]; env: NodeJS.ProcessEnv };
  start: Start;
  log: EngineLog;
}

const READY_MS = 20_000;
/** A request unanswered for this long means the forwarding path may not be obeying: the child is killed. */
const OBEY_MS = 5_000;
const STOP_MS = 2_000;
const BACKOFF_MS = [100, 250, 500, 1_000, 2_000, 5_000];
/** A child that lived this long was healthy; its backoff starts over. */
const HEALTHY_MS = 30_000;

interface Pending {
  resolve(output: unknown): void;
  gone: unknown;
  timer: NodeJS.Timeout;
}

export class Supervisor {
  #child: ChildProcess | null = null;
  #ready = false;
  #stopping = false;
  #attempts = 0;
  #nextId = 1;
  #restart: NodeJS.Timeout | null = null;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  constructor(readonly options: SupervisorOptions) {}

  get pid(): number | null {
    return this.#ready ? (this.#child?.pid ?? null) : null;
  }

  /** Resolves when the first child is ready; rejects when it ends before that. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn(resolve, reject));
  }

  on(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `gone` is the answer when there is no child, or it ends before answering. */
  request<K extends Operation>(
    operation: K,
    input: Operations[K]['input'],
    gone: Operations[K]['output'],
  ): Promise<Operations[K]['output']> {
    if (!this.#ready || !this.#child) return Promise.resolve(gone);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#disobeyed(operation), OBEY_MS);
      this.#pending.set(id, { resolve: resolve as (output: unknown) => void, gone, timer });
      this.#send({ type: 'request', id, operation, input } as ToChild);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#send({ type: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #spawn(started?: () => void, refused?: (error: Error) => void): void {
    const { path, execArgv, env } = this.options.command;
    const bornAt = performance.now();
    const child = fork(path, [], {
      execArgv,
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = chunk.toString('utf8').slice(0, 2_000).trim();
      this.options.log.warn({ pid: child.pid, text: said }, 'engine.stderr');
    });
    child.on('message', (message: FromChild) => {
      if (message.type !== 'ready') return this.#receive(message);
      clearTimeout(timer);
      this.#ready = true;
      this.options.log.info({ pid: child.pid }, 'engine.up');
      started?.();
      this.#emit({ type: 'up', pid: child.pid ?? 0 });
    });
    child.on('error', (error) => this.options.log.error({ error: error.message }, 'engine.process_error'));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const wasReady = this.#ready;
      this.#ready = false;
      this.#settleAll();
      if (this.#stopping) return;
      this.options.log.error({ pid: child.pid, code, signal }, 'engine.down');
      if (wasReady) this.#emit({ type: 'down' });
      else if (refused && this.#attempts === 0)
        return refused(new Error(`the engine process ended before it was ready: ${said}`));
      if (performance.now() - bornAt > HEALTHY_MS) this.#attempts = 0;
      const wait = BACKOFF_MS[Math.min(this.#attempts++, BACKOFF_MS.length - 1)]!;
      this.#restart = setTimeout(() => this.#spawn(), wait);
    });
    this.#send(this.options.start);
  }

  #send(message: ToChild): void {
    // A closing channel reports through `exit`, which settles everything.
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromChild): void {
    if (message.type === 'event') this.#emit(message.event);
    else if (message.type === 'reply') {
      const pending = this.#pending.get(message.id);
      if (!pending) return;
      this.#pending.delete(message.id);
      clearTimeout(pending.timer);
      pending.resolve(message.output);
    }
  }

  #disobeyed(operation: Operation): void {
    this.options.log.error({ operation, pid: this.#child?.pid }, 'engine.unresponsive');
    this.#child?.kill('SIGKILL');
  }

  #settleAll(): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.resolve(pending.gone);
    }
    this.#pending.clear();
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.options.log.error({ error: String(error) }, 'engine.listener_failed');
      }
    }
  }
}
