/** Janus from the distribution's package as the peer of `forward.bench.ts`: its own configuration, one video room. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { until } from '../plane/support/engine-client';

const PROGRAM = '/usr/bin/janus';
const ROOM = 1234;

interface Answer {
  janus: string;
  transaction?: string;
  sender?: number;
  data?: { id: number };
  plugindata?: { data: Record<string, unknown> };
  jsep?: { type: 'offer' | 'answer'; sdp: string };
  error?: { reason: string };
}

export const janusInstalled = (): boolean => existsSync(PROGRAM);

export class Janus {
  #socket!: WebSocket;
  #session = 0;
  #feed: unknown;
  #publisher = 0;
  readonly #up = new Set<unknown>();
  #next = 0;
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  private constructor(
    readonly process: ChildProcess,
    readonly folder: string,
  ) {}

  get pid(): number {
    return this.process.pid!;
  }

  /** Starts it with its media on `address`; resolves when a session exists and the room is made. */
  static async start(address: string): Promise<Janus> {
    const folder = mkdtempSync(join(tmpdir(), 'cordon-bench-janus-'));
    const port = await freeTcpPort();
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'janus.jcfg',
      `general: { debug_level = 2 log_to_stdout = true session_timeout = 0 }
       nat: { ice_lite = true ice_enforce_list = "${address}" }
       media: { rtp_port_range = "30000-40000" }
       plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
       transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
       events: { broadcast = false }`,
    );
    write(
      'janus.transport.websockets.jcfg',
      `general: { ws = true ws_port = ${port} ws_ip = "127.0.0.1" wss = false } admin: { admin_ws = false }`,
    );
    write('janus.plugin.videoroom.jcfg', 'general: { }');
    const janus = new Janus(
      spawn(PROGRAM, ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: 'ignore' }),
      folder,
    );
    await janus.#open(`ws://127.0.0.1:${port}`);
    return janus;
  }

  async #open(url: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const socket = new WebSocket(url, 'janus-protocol');
      const opened = await new Promise<boolean>((resolve) => {
        socket.once('open', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      if (opened) {
        this.#socket = socket;
        break;
      }
      if (attempt > 100) throw new Error('Janus does not answer');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.#socket.on('message', (text) => {
      const answer = JSON.parse(String(text)) as Answer;
      // An `ack` only says that the real answer will follow.
      if (answer.janus === 'webrtcup') this.#up.add(answer.sender);
      if (answer.janus === 'ack' || !answer.transaction) return;
      this.#waiting.get(answer.transaction)?.(answer);
      this.#waiting.delete(answer.transaction);
    });
    this.#session = (await this.#ask({ janus: 'create' })).data!.id;
    const handle = await this.#attach();
    await this.#message(handle, {
      request: 'create',
      room: ROOM,
      publishers: 1,
      videocodec: 'vp8',
      notify_joining: false,
    });
  }

  /** A publisher's offer; its answer. */
  async publish(sdp: string): Promise<string> {
    const handle = await this.#attach();
    const joined = await this.#message(handle, { request: 'join', ptype: 'publisher', room: ROOM });
    this.#feed = joined.plugindata!.data.id;
    this.#publisher = handle;
    const answer = await this.#message(handle, { request: 'publish' }, { type: 'offer', sdp });
    return answer.jsep!.sdp;
  }

  /** Janus makes the offer to a player; `answer` is asked for the reply. */
  async play(answer: (offer: string) => Promise<string>): Promise<void> {
    // A feed exists for others only once its media connection is up.
    await until(() => this.#up.has(this.#publisher), 'the publisher to be up at Janus');
    const handle = await this.#attach();
    const offered = await this.#message(handle, {
      request: 'join',
      ptype: 'subscriber',
      room: ROOM,
      streams: [{ feed: this.#feed }],
    });
    const sdp = await answer(offered.jsep!.sdp);
    await this.#message(handle, { request: 'start' }, { type: 'answer', sdp });
  }

  async stop(): Promise<void> {
    this.#socket?.close();
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #attach(): Promise<number> {
    return (await this.#ask({ janus: 'attach', plugin: 'janus.plugin.videoroom', session_id: this.#session })).data!.id;
  }

  #message(handle: number, body: object, jsep?: Answer['jsep']): Promise<Answer> {
    return this.#ask({
      janus: 'message',
      session_id: this.#session,
      handle_id: handle,
      body,
      ...(jsep ? { jsep } : {}),
    });
  }

  async #ask(request: object): Promise<Answer> {
    const transaction = `t${this.#next++}`;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(transaction, resolve);
      this.#socket.send(JSON.stringify({ ...request, transaction }));
    });
    const refusal = answer.error?.reason ?? answer.plugindata?.data.error;
    if (refusal) throw new Error(`Janus: ${String(refusal)}`);
    return answer;
  }
}

function freeTcpPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
