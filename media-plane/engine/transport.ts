/**
 * One native connection: ICE, DTLS, SRTP and SCTP. The only file that touches the native binding; every call into it and
 * every callback out of it is caught, because an exception inside a native callback would abort the process.
 */
import { type DataChannel, PeerConnection, type Track, Video } from 'node-datachannel';
import { carrierMid, MAX_DATA_MESSAGE_BYTES, reducedOffer } from './sdp/answer';
import type { Offer } from './sdp/offer';

export interface Transport {
  /** Encrypts and sends an RTP or RTCP packet of any SSRC; false when it could not be sent. */
  sendMedia(packet: Buffer): boolean;
  /** Sends on the peer's data channel; false without one, or when it lags too far behind. */
  sendData(message: string | Buffer): boolean;
  hasData(): boolean;
  close(): void;
}

export interface TransportEvents {
  connected(): void;
  failed(): void;
  media(packet: Buffer): void;
  data(message: string | Buffer): void;
}

export interface LocalParameters {
  iceUfrag: string;
  icePwd: string;
  fingerprint: string;
}

const GATHERING_MS = 3_000;
/** A receiver that lags this far behind loses messages instead of growing our memory. */
const MAX_DATA_BUFFERED_BYTES = 1_048_576;

export class NativeTransport implements Transport {
  readonly #connection: PeerConnection;
  // Both must stay referenced: a track whose wrapper is collected goes silent after some seconds.
  readonly #carrier: Video | null = null;
  readonly #track: Track | null = null;
  #channel: DataChannel | null = null;
  #closed = false;

  constructor(
    name: string,
    readonly offer: Offer,
    network: { bindAddress: string; udpPort: number },
    readonly events: TransportEvents,
  ) {
    this.#connection = new PeerConnection(name, {
      iceServers: [],
      // A single port for all peers works only with an explicit address.
      bindAddress: network.bindAddress,
      portRangeBegin: network.udpPort,
      portRangeEnd: network.udpPort,
      enableIceUdpMux: true,
      disableAutoNegotiation: true,
      forceMediaTransport: true,
      // The library cuts longer messages off here; one byte more than allowed lets us tell such a stump from a whole one.
      maxMessageSize: MAX_DATA_MESSAGE_BYTES + 1,
    });
    const mid = carrierMid(offer);
    if (mid !== null) {
      this.#carrier = new Video(mid, 'SendRecv');
      this.#carrier.addVP8Codec(96);
      this.#track = this.#connection.addTrack(this.#carrier);
      // No media handler: with one, RTCP written here would be taken for media and dropped on receive-only connections.
      this.#track.onMessage((packet) => this.#guard(() => events.media(packet)));
    }
    this.#connection.onDataChannel((channel) => this.#guard(() => this.#adopt(channel)));
    this.#connection.onStateChange((state) =>
      this.#guard(() => {
        if (state === 'connected') events.connected();
        else if (state === 'failed' || state === 'closed') events.failed();
      }),
    );
  }

  /** Resolves with our transport parameters; throws when the library refuses or gathering does not end. */
  async negotiate(): Promise<LocalParameters> {
    const connection = this.#connection;
    const gathered = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('gathering timed out')), GATHERING_MS);
      connection.onGatheringStateChange((state) => {
        if (state !== 'complete') return;
        clearTimeout(timer);
        resolve();
      });
    });
    // Should one of the next calls throw, nobody waits for this any more.
    gathered.catch(() => {});
    connection.setRemoteDescription(reducedOffer(this.offer), 'offer');
    connection.setLocalDescription('answer');
    await gathered;
    const sdp = connection.localDescription()?.sdp ?? '';
    const find = (name: string) => new RegExp(`^a=${name}:(.+?)\\r?$`, 'm').exec(sdp)?.[1];
    const [iceUfrag, icePwd, fingerprint] = [find('ice-ufrag'), find('ice-pwd'), find('fingerprint')];
    if (!iceUfrag || !icePwd || !fingerprint) throw new Error('the native description is incomplete');
    return { iceUfrag, icePwd, fingerprint };
  }

  sendMedia(packet: Buffer): boolean {
    if (this.#closed || this.#track === null) return false;
    try {
      return this.#track.sendMessageBinary(packet);
    } catch {
      return false;
    }
  }

  hasData(): boolean {
    return this.#channel !== null;
  }

  sendData(message: string | Buffer): boolean {
    if (this.#closed || this.#channel === null) return false;
    try {
      if (!this.#channel.isOpen() || this.#channel.bufferedAmount() > MAX_DATA_BUFFERED_BYTES) return false;
      return typeof message === 'string'
        ? this.#channel.sendMessage(message)
        : this.#channel.sendMessageBinary(message);
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel = null;
    try {
      this.#connection.close();
    } catch {
      // Already gone; nothing is sent any more either way.
    }
  }

  /** One channel per peer; a client that opens more has the others closed. */
  #adopt(channel: DataChannel): void {
    if (this.#channel !== null || this.#closed) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.onMessage((message) =>
      this.#guard(() => this.events.data(typeof message === 'string' ? message : Buffer.from(message as Buffer))),
    );
    channel.onClosed(() => {
      if (this.#channel === channel) this.#channel = null;
    });
  }

  #guard(act: () => void): void {
    if (this.#closed) return;
    try {
      act();
    } catch {
      this.events.failed();
    }
  }
}
