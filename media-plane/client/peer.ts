import { type EdgeSocket, RefusedError } from './socket';
import { type PeerStatistics, StatisticsReader } from './stats';

/**
 * One media connection, as a wish that outlives its connections: after a lost connection it is offered again with the
 * same tracks. `stream` stays one object; its tracks are replaced.
 */
export class MediaPeer {
  readonly stream: MediaStream;
  #connection: RTCPeerConnection | null = null;
  #channel: RTCDataChannel | null = null;
  #statistics = new StatisticsReader();
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    readonly id: string,
    readonly direction: 'publish' | 'subscribe',
    /** With `subscribe`: whose media; null follows the first publisher. */
    readonly publisher: string | null,
    stream: MediaStream | null,
    /** Open a data channel beside the media. */
    readonly data: boolean,
    readonly events: {
      socket: () => EdgeSocket | null;
      /** A refusal that trying again cannot change. */
      refused: (error: RefusedError) => void;
      message: (data: string | ArrayBuffer) => void;
      gone: () => void;
    },
  ) {
    this.stream = stream ?? new MediaStream();
  }

  /** Makes a fresh connection over the socket. @throws RefusedError, UnreachableError */
  async connect(socket: EdgeSocket): Promise<void> {
    this.#drop();
    // Every candidate of the edge is in its answer and the edge learns ours from our checks: no servers, no trickle.
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    this.#connection = connection;
    this.#statistics = new StatisticsReader();
    if (this.direction === 'publish') {
      for (const track of this.stream.getTracks())
        connection.addTransceiver(track, { direction: 'sendonly', streams: [this.stream] });
    } else {
      for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
      connection.ontrack = ({ track }) => this.#replace(track);
    }
    if (this.data) {
      this.#channel = connection.createDataChannel('cordon');
      this.#channel.binaryType = 'arraybuffer';
      this.#channel.onmessage = ({ data }) => this.events.message(data as string | ArrayBuffer);
    }
    connection.onconnectionstatechange = () => {
      if (this.#connection !== connection) return;
      if (connection.connectionState === 'connected') this.#attempt = 0;
      if (connection.connectionState === 'failed') this.again();
    };
    await connection.setLocalDescription(await connection.createOffer());
    const sdp = await socket.offer(this.id, this.direction, connection.localDescription?.sdp ?? '', this.publisher);
    if (this.#connection === connection) await connection.setRemoteDescription({ type: 'answer', sdp });
  }

  /** Offers again after a pause that doubles, as long as the session lives and nobody stopped it. */
  again(): void {
    this.#drop();
    clearTimeout(this.#retry);
    if (this.#stopped) return;
    const pause = Math.min(4_000, 250 * 2 ** this.#attempt++);
    this.#retry = setTimeout(() => {
      const socket = this.events.socket();
      if (!socket || this.#stopped) return;
      // A refusal of an id still held by the edge ends with its answer to `leave`.
      socket.leave(this.id);
      this.connect(socket).catch((error: unknown) => {
        if (error instanceof RefusedError && error.refusal.code !== 'engine.unavailable') this.events.refused(error);
        else this.again();
      });
    }, pause);
  }

  /** Closes the connection and keeps the wish: a new session will offer it again. */
  suspend(): void {
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#drop();
  }

  /** Ends it for good. The publisher's own tracks go on: they belong to the caller. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#drop();
    this.events.socket()?.leave(this.id);
    this.events.gone();
  }

  /** Sends to everybody in the channel who opened a data channel. False while there is none. */
  send(message: string | ArrayBuffer): boolean {
    if (this.#channel?.readyState !== 'open') return false;
    if (typeof message === 'string') this.#channel.send(message);
    else this.#channel.send(message);
    return true;
  }

  async statistics(): Promise<PeerStatistics | null> {
    const { id, direction, publisher } = this;
    return this.#connection ? this.#statistics.read(this.#connection, { id, direction, publisher }) : null;
  }

  #replace(track: MediaStreamTrack): void {
    for (const old of this.stream.getTracks()) if (old.kind === track.kind) this.stream.removeTrack(old);
    this.stream.addTrack(track);
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#channel = null;
    if (this.direction === 'subscribe') for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }
}
