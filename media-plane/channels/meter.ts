import type { MeterRecord } from '@/lib/kernel/bundle/messages';
import type { Engine } from '../engine/port';
import { isObserver, type Session } from './session';

/**
 * Metering: participant seconds per channel (those of the provider's observers are nobody's to pay), exact to the millisecond over any join and leave, and packet counts as the
 * engine reports them (those of the last seconds of a peer that leaves between two readings are not counted).
 */
interface Sum {
  appId: string;
  channel: string;
  milliseconds: number;
  packetsIn: number;
  packetsOut: number;
}

export class Meter {
  readonly #sums = new Map<string, Sum>();
  readonly #seen = new Map<string, { in: number; out: number }>();

  /** Adds the session's time up to `now`. Called when it ends and before every flush. */
  time(session: Session, now: number): void {
    if (isObserver(session)) return;
    this.#sum(session.appId, session.channel).milliseconds += Math.max(0, now - session.meteredAt);
    session.meteredAt = now;
  }

  async packets(engine: Engine, sessionOf: (peerId: string) => Session | undefined): Promise<void> {
    const stats = await engine.stats();
    const live = new Set<string>();
    for (const peer of stats) {
      const session = sessionOf(peer.peerId);
      if (!session) continue;
      live.add(peer.peerId);
      const before = this.#seen.get(peer.peerId) ?? { in: 0, out: 0 };
      const sum = this.#sum(session.appId, session.channel);
      sum.packetsIn += Math.max(0, peer.packetsIn - before.in);
      sum.packetsOut += Math.max(0, peer.packetsOut - before.out);
      this.#seen.set(peer.peerId, { in: peer.packetsIn, out: peer.packetsOut });
    }
    for (const peerId of this.#seen.keys()) if (!live.has(peerId)) this.#seen.delete(peerId);
  }

  /**
   * One record per channel that had anybody in it. Milliseconds below a whole second stay for the next record while the
   * channel is occupied and are rounded when it is empty.
   */
  flush(
    now: number,
    occupied: (appId: string, channel: string) => boolean,
    write: (record: Omit<MeterRecord, 'n'>) => void,
  ): void {
    for (const [key, sum] of this.#sums) {
      const stays = occupied(sum.appId, sum.channel);
      const participantSeconds = stays ? Math.floor(sum.milliseconds / 1000) : Math.round(sum.milliseconds / 1000);
      if (participantSeconds > 0 || sum.packetsIn > 0 || sum.packetsOut > 0) {
        const { appId, channel, packetsIn, packetsOut } = sum;
        write({ kind: 'meter', at: now, appId, channel, participantSeconds, packetsIn, packetsOut });
      }
      const rest = sum.milliseconds - participantSeconds * 1000;
      if (stays) this.#sums.set(key, { ...sum, milliseconds: rest, packetsIn: 0, packetsOut: 0 });
      else this.#sums.delete(key);
    }
  }

  #sum(appId: string, channel: string): Sum {
    const key = `${appId}:${channel}`;
    let sum = this.#sums.get(key);
    if (!sum) {
      sum = { appId, channel, milliseconds: 0, packetsIn: 0, packetsOut: 0 };
      this.#sums.set(key, sum);
    }
    return sum;
  }
}
