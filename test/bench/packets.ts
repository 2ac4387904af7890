/** A channel in which every packet carries the time it was sent at, so that whoever receives it knows how long they went on receiving. */
import { type PlayClient, PublishClient } from '../plane/support/engine-client';
import { type DemoProject, postOffer, vendorToken } from '../support/demo';

/** 50 packets a second, so an arrival is known to 20 ms. */
export const PACKET_EVERY_MS = 20;
const RTP_HEADER_BYTES = 12;

/** Milliseconds since the epoch, by this machine's one clock. */
export interface Arrival {
  sentAt: number;
  at: number;
}

/** Sends into the channel `room` until it is stopped. */
export async function publish(edge: string, project: DemoProject): Promise<{ stop(): void }> {
  const client = new PublishClient({ video: false });
  const token = vendorToken(project, { user: 'camera' });
  await client.accept(created(await postOffer(edge, 'whip', project, token, { offer: await client.offer() })));
  const timer = setInterval(() => {
    const packet = client.packet('audio');
    packet.writeDoubleBE(now(), RTP_HEADER_BYTES);
    client.sendRaw('audio', packet);
  }, PACKET_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      client.close();
    },
  };
}

/** What a client without video is given from now on, in a list that grows. */
export function arrivalsAt(client: PlayClient): Arrival[] {
  const arrivals: Arrival[] = [];
  client.tracks.audio!.onMessage((packet) => {
    const isRtcp = packet[1]! >= 192 && packet[1]! <= 223;
    if (!isRtcp) arrivals.push({ sentAt: packet.readDoubleBE(RTP_HEADER_BYTES), at: now() });
  });
  return arrivals;
}

export function created({ status, sdp, problem }: Awaited<ReturnType<typeof postOffer>>): string {
  if (status !== 201) throw new Error(`the edge refused: ${JSON.stringify(problem)}`);
  return sdp;
}

export const now = (): number => performance.timeOrigin + performance.now();
export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
