/**
 * The load side of `forward.bench.ts`, a process of its own: one publisher and many players per server, all plain native
 * peers, driven over the process channel. It counts what arrives and nothing else.
 */
import { PeerConnection, type Track, Video } from 'node-datachannel';

export type LoadRequest = { id: number } & (
  | { op: 'offer'; set: string; send: boolean }
  | { op: 'accept'; set: string; peer: number; answer: string }
  | { op: 'answer'; set: string; offer: string }
  | { op: 'ready'; set: string; peers: number }
  | { op: 'run'; set: string; packetsPerSecond: number; ms: number }
);

interface Peer {
  connection: PeerConnection;
  video: Video | null;
  track: Track | null;
  received: number;
}

const address = process.argv[2]!;
const sets = new Map<string, Peer[]>();
const PAYLOAD_BYTES = 1_088;
const SSRC = 4_711;
const TICK_MS = 5;

function create(set: string): Peer {
  const peers = sets.get(set) ?? [];
  sets.set(set, peers);
  const connection = new PeerConnection(`${set}-${peers.length}`, {
    iceServers: [],
    bindAddress: address,
    disableAutoNegotiation: true,
  });
  const peer: Peer = { connection, video: null, track: null, received: 0 };
  peers.push(peer);
  return peer;
}

async function localDescription(peer: Peer, type: 'offer' | 'answer'): Promise<string> {
  const gathered = new Promise<void>((resolve) =>
    peer.connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve();
    }),
  );
  peer.connection.setLocalDescription(type);
  await gathered;
  return peer.connection.localDescription()!.sdp;
}

function count(peer: Peer, track: Track): void {
  peer.track = track;
  track.onMessage((packet) => {
    if (packet[1]! < 192 || packet[1]! > 223) peer.received++;
  });
}

async function perform(request: LoadRequest): Promise<unknown> {
  if (request.op === 'offer') {
    const peer = create(request.set);
    peer.video = new Video('0', request.send ? 'SendOnly' : 'RecvOnly');
    peer.video.addVP8Codec(96);
    if (request.send) peer.video.addSSRC(SSRC, 'load');
    count(peer, peer.connection.addTrack(peer.video));
    return { peer: sets.get(request.set)!.length - 1, sdp: await localDescription(peer, 'offer') };
  }
  if (request.op === 'accept') {
    sets.get(request.set)![request.peer]!.connection.setRemoteDescription(request.answer, 'answer');
    return null;
  }
  if (request.op === 'answer') {
    const peer = create(request.set);
    peer.connection.onTrack((track) => count(peer, track));
    peer.connection.setRemoteDescription(request.offer, 'offer');
    return { sdp: await localDescription(peer, 'answer') };
  }
  if (request.op === 'ready') {
    const peers = sets.get(request.set) ?? [];
    return peers.length === request.peers && peers.every((peer) => peer.track?.isOpen());
  }
  return run(sets.get(request.set)!, request.packetsPerSecond, request.ms);
}

const numbering = new Map<Peer, { sequence: number }>();

/** The first peer of a set sends `packetsPerSecond` for `ms`; every packet is a whole VP8 key frame of 1100 bytes. */
async function run(peers: Peer[], packetsPerSecond: number, ms: number): Promise<{ sent: number; received: number }> {
  const publisher = peers[0]!;
  const numbers = numbering.get(publisher) ?? { sequence: 0 };
  numbering.set(publisher, numbers);
  for (const peer of peers) peer.received = 0;
  const packet = Buffer.alloc(12 + PAYLOAD_BYTES, 0x55);
  packet.set([0x80, 0x80 | 96]);
  packet.writeUInt32BE(SSRC, 8);
  packet.set([0x10, 0x00], 12);
  let sent = 0;
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min(ms, performance.now() - startedAt);
      for (const due = (elapsed * packetsPerSecond) / 1_000; sent < due; sent++) {
        packet.writeUInt16BE(numbers.sequence++ & 0xffff, 2);
        packet.writeUInt32BE((Date.now() * 90) % 4_294_967_296, 4);
        publisher.track!.sendMessageBinary(packet);
      }
      if (elapsed < ms) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  // The tail is still in flight; both servers get the same time to finish it.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { sent, received: peers.reduce((sum, peer) => sum + peer.received, 0) };
}

process.on('message', (request: LoadRequest) => {
  perform(request).then(
    (output) => process.send?.({ id: request.id, output }),
    (error) => process.send?.({ id: request.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
