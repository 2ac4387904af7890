/**
 * Native WHIP- and WHEP-like clients: they make an ordinary offer, take the answer, and send or count plain RTP. Used by the
 * engine tests and as load generator by its benchmark.
 */
import { createSocket } from 'node:dgram';
import { Audio, type DataChannel, PeerConnection, type Track, Video } from 'node-datachannel';
import { PERMISSION } from '@/lib/kernel/decision/types';
import type { Engine, EngineEvent, OpenPeer, OpenResult } from '@/media-plane/engine';

export const ALL = PERMISSION.join | PERMISSION.audio | PERMISSION.video | PERMISSION.data;
export const PAYLOAD = { audio: 111, video: 96 } as const;
const CLOCK = { audio: 48_000, video: 90_000 } as const;

export function farAway(): OpenPeer['expiresAt'] {
  const later = Date.now() + 3_600_000;
  return { join: later, audio: later, video: later, data: later };
}

/** A UDP port that was free a moment ago. */
export function freeUdpPort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Resolves when `condition` holds, looking every 10 ms; rejects after `withinMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function rtpPacket(
  payloadType: number,
  sequence: number,
  timestamp: number,
  ssrc: number,
  payload: Buffer,
  marker = false,
): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | payloadType;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc >>> 0, 8);
  payload.copy(packet, 12);
  return packet;
}

/** A one-packet VP8 frame: descriptor with S set, then a payload header with the inverse key frame bit. */
export function vp8Payload(key: boolean, bytes = 200): Buffer {
  const payload = Buffer.alloc(bytes, 0x55);
  payload[0] = 0x10;
  payload[1] = key ? 0x00 : 0x01;
  return payload;
}

export type ClientOptions = Partial<Omit<OpenPeer, 'offer'>> & {
  audio?: boolean;
  video?: boolean;
  data?: boolean;
};

let counter = 0;

abstract class Client {
  readonly peerId: string;
  readonly connection: PeerConnection;
  readonly tracks: { audio: Track | null; video: Track | null } = { audio: null, video: null };
  /** Retained: collected media descriptions silence their track. */
  readonly #held: unknown[] = [];
  channel: DataChannel | null = null;
  readonly messages: (string | Buffer)[] = [];
  result: OpenResult | null = null;
  state = 'new';

  constructor(
    readonly options: ClientOptions,
    direction: 'SendOnly' | 'RecvOnly',
    ssrcs: { audio: number; video: number } | null,
  ) {
    this.peerId = options.peerId ?? `peer-${++counter}`;
    this.connection = new PeerConnection(this.peerId, {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    this.connection.onStateChange((state) => {
      this.state = state;
    });
    if (options.audio !== false) {
      const audio = new Audio('audio', direction);
      audio.addOpusCodec(PAYLOAD.audio);
      if (ssrcs) audio.addSSRC(ssrcs.audio, 'load');
      this.tracks.audio = this.connection.addTrack(audio);
      this.#held.push(audio);
    }
    if (options.video !== false) {
      const video = new Video('video', direction);
      video.addVP8Codec(PAYLOAD.video);
      if (ssrcs) video.addSSRC(ssrcs.video, 'load');
      this.tracks.video = this.connection.addTrack(video);
      this.#held.push(video);
    }
    if (options.data) {
      this.channel = this.connection.createDataChannel('cordon');
      this.channel.onMessage((message) =>
        this.messages.push(typeof message === 'string' ? message : Buffer.from(message as Buffer)),
      );
    }
  }

  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) =>
      this.connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      }),
    );
    this.connection.setLocalDescription('offer');
    await gathered;
    return this.connection.localDescription()!.sdp;
  }

  /** Posts the offer to the engine without connecting to its answer. */
  async post(engine: Engine, direction: OpenPeer['direction']): Promise<OpenResult> {
    const { options } = this;
    this.result = await engine.open({
      peerId: this.peerId,
      room: options.room ?? 'app:room',
      account: options.account ?? this.peerId,
      direction: options.direction ?? direction,
      publisher: options.publisher ?? null,
      offer: await this.offer(),
      permissions: options.permissions ?? ALL,
      expiresAt: options.expiresAt ?? farAway(),
    });
    return this.result;
  }

  async connect(engine: Engine, direction: OpenPeer['direction']): Promise<this> {
    const result = await this.post(engine, direction);
    if (!result.ok) throw new Error(`${result.code}: ${result.detail}`);
    await this.accept(result.answer);
    return this;
  }

  async accept(answer: string): Promise<void> {
    this.connection.setRemoteDescription(answer, 'answer');
    await until(() => this.state === 'connected', 'the client to connect');
    await until(
      () => Object.values(this.tracks).every((track) => track === null || track.isOpen()),
      'the tracks to open',
    );
    if (this.channel) await until(() => this.channel!.isOpen(), 'the data channel to open');
  }

  close(): void {
    this.connection.close();
  }
}

export class PublishClient extends Client {
  readonly ssrcs: { audio: number; video: number };
  readonly sequences = { audio: 1_000, video: 5_000 };
  /** Every RTCP packet the engine sent, as [type, format]. */
  readonly feedback: [number, number][] = [];
  nacked: number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #frames = 0;

  constructor(options: ClientOptions = {}) {
    const ssrcs = { audio: 100 + ++counter * 10, video: 101 + counter * 10 };
    super(options, 'SendOnly', ssrcs);
    this.ssrcs = ssrcs;
    for (const track of [this.tracks.audio, this.tracks.video]) track?.onMessage((packet) => this.#rtcp(packet));
  }

  #rtcp(packet: Buffer): void {
    for (let at = 0; at + 4 <= packet.length; at += (packet.readUInt16BE(at + 2) + 1) * 4) {
      this.feedback.push([packet[at + 1]!, packet[at]! & 0x1f]);
      if (packet[at + 1] === 205) this.nacked.push(packet.readUInt16BE(at + 12));
    }
  }

  keyFrameRequests(): number {
    return this.feedback.filter(([type, format]) => type === 206 && (format === 1 || format === 4)).length;
  }

  packet(kind: 'audio' | 'video', key = false, bytes?: number): Buffer {
    const sequence = this.sequences[kind]++;
    const timestamp = Math.floor((Date.now() * CLOCK[kind]) / 1_000) % 4_294_967_296;
    const payload = kind === 'audio' ? Buffer.alloc(bytes ?? 80, 0xaa) : vp8Payload(key, bytes);
    return rtpPacket(PAYLOAD[kind], sequence, timestamp, this.ssrcs[kind], payload, true);
  }

  send(kind: 'audio' | 'video', key = false, bytes?: number): void {
    this.sendRaw(kind, this.packet(kind, key, bytes));
  }

  sendRaw(kind: 'audio' | 'video', packet: Buffer): void {
    if (this.state !== 'connected') return;
    try {
      this.tracks[kind]?.sendMessageBinary(packet);
    } catch {
      // The client's own SRTP refuses numbers that run far backwards; what it lets through is hostile enough.
    }
  }

  /** Sends audio and video every 10 ms, a key frame each tenth video packet and whenever one was asked for. */
  start(): this {
    let answered = 0;
    this.#timer = setInterval(() => {
      const asked = this.keyFrameRequests();
      this.send('audio');
      this.send('video', this.#frames++ % 10 === 0 || asked > answered);
      answered = asked;
    }, 10);
    return this;
  }

  pause(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  override close(): void {
    this.pause();
    super.close();
  }
}

export interface Received {
  packets: number;
  sequences: number[];
  payloadTypes: Set<number>;
  firstPayload: Buffer | null;
}

export class PlayClient extends Client {
  readonly received: { audio: Received; video: Received } = { audio: nothing(), video: nothing() };
  senderReports = 0;
  readonly ssrcs = { audio: 0, video: 0 };

  constructor(options: ClientOptions = {}) {
    super(options, 'RecvOnly', null);
    for (const kind of ['audio', 'video'] as const) {
      this.tracks[kind]?.onMessage((packet) => {
        if (packet[1]! >= 192 && packet[1]! <= 223) {
          if (packet[1] === 200) this.senderReports++;
          return;
        }
        const received = this.received[kind];
        received.packets++;
        received.sequences.push(packet.readUInt16BE(2));
        received.payloadTypes.add(packet[1]! & 0x7f);
        received.firstPayload ??= Buffer.from(packet.subarray(12));
        this.ssrcs[kind] = packet.readUInt32BE(8);
      });
    }
  }

  total(): number {
    return this.received.audio.packets + this.received.video.packets;
  }

  rtcp(kind: 'audio' | 'video', packet: Buffer): void {
    this.tracks[kind]?.sendMessageBinary(packet);
  }

  forget(): void {
    this.received.audio = nothing();
    this.received.video = nothing();
  }
}

function nothing(): Received {
  return { packets: 0, sequences: [], payloadTypes: new Set(), firstPayload: null };
}

/** Packets that seem lost to a receiver that has seen these 16-bit sequence numbers, in order of arrival. */
export function seemLost(sequences: number[]): number {
  if (sequences.length === 0) return 0;
  let highest = sequences[0]!;
  const first = highest;
  for (const sequence of sequences) highest += Math.max(0, ((sequence - highest) << 16) >> 16);
  return highest - first + 1 - new Set(sequences).size;
}

export class EventLog {
  readonly all: EngineEvent[] = [];

  constructor(engine: Engine) {
    engine.on((event) => this.all.push(event));
  }

  of<T extends EngineEvent['type']>(type: T, peerId?: string): Extract<EngineEvent, { type: T }>[] {
    return this.all.filter(
      (event): event is Extract<EngineEvent, { type: T }> =>
        event.type === type && (peerId === undefined || ('peerId' in event && event.peerId === peerId)),
    );
  }
}

export const silentLog = { info() {}, warn() {}, error() {} };
