import type { Opened } from '@/lib/grants/schemas';
import {
  type CutCode,
  join,
  type MediaPeer,
  type Participant,
  type Refusal,
  RefusedError,
  type Room,
  UnreachableError,
} from '@/media-plane/client';

/** One person of the provider in a channel: plays everybody who sends, and sends nothing. */
export type Watching = Extract<Opened, { through: 'media-plane' }>;

export interface Standing {
  state: 'joining' | 'in' | 'over';
  /** Why it is over. */
  words: string | null;
  tiles: readonly { account: string; stream: MediaStream }[];
  /** Everybody there but oneself. */
  others: number;
}

export const JOINING: Standing = { state: 'joining', words: null, tiles: [], others: 0 };

/** The edges hear of the session a moment after it was confirmed. */
const HEARD_MS = 10_000;
const PAUSE_MS = 300;

/** Joins, and follows who sends. `changed` hears of everything; after the call of what is answered of nothing more. */
export function watchChannel(of: Watching, changed: (standing: Standing) => void): () => void {
  let standing = JOINING;
  let left = false;
  let room: Room | null = null;
  /** Whoever sends, and the connection that plays them once there is one. */
  const playing = new Map<string, MediaPeer | null>();
  const set = (part: Partial<Standing>) => {
    if (left || standing.state === 'over') return;
    standing = { ...standing, ...part };
    changed(standing);
  };
  const over = (words: string) => {
    set({ state: 'over', words, tiles: [], others: 0 });
    room?.leave();
  };

  const play = async (account: string, from: Room) => {
    playing.set(account, null);
    try {
      const peer = await from.subscribe(account);
      if (!playing.has(account)) return peer.stop();
      playing.set(account, peer);
      set({ tiles: [...standing.tiles, { account, stream: peer.stream }] });
    } catch {
      // They stopped sending meanwhile, or the room is over, which is told by itself.
      playing.delete(account);
    }
  };
  const follow = (participants: readonly Participant[], count: number, from: Room) => {
    const sending = participants.filter(({ kinds }) => kinds.some((kind) => kind !== 'data')).map((one) => one.account);
    for (const [account, peer] of playing)
      if (!sending.includes(account)) {
        peer?.stop();
        playing.delete(account);
      }
    set({ tiles: standing.tiles.filter(({ account }) => playing.has(account)), others: Math.max(0, count - 1) });
    for (const account of sending) if (!playing.has(account)) void play(account, from);
  };

  enter(of, () => left).then(
    (entered) => {
      if (left) return entered.leave();
      room = entered;
      set({ state: 'in' });
      entered.on('participants', ({ participants, count }) => follow(participants, count, entered));
      entered.on('cut', ({ code }) => over(cutWords(code)));
      entered.on('refused', (refusal) => over(refusalWords(refusal)));
      entered.on('state', (state) => state === 'over' && over('You have left the channel.'));
      follow(entered.participants, entered.participants.length, entered);
    },
    (error: unknown) =>
      over(error instanceof RefusedError ? refusalWords(error.refusal) : 'No edge of the project could be reached.'),
  );
  return () => {
    left = true;
    room?.leave();
  };
}

/** At the first edge that can be reached, once it has heard of the session. */
async function enter({ edges, appId, channel, account, token }: Watching, left: () => boolean): Promise<Room> {
  const until = Date.now() + HEARD_MS;
  for (let at = 0; ; ) {
    const edge = edges[at];
    if (!edge) throw new UnreachableError('no edge');
    try {
      return await join({ edgeUrl: edge.url, appId, channel, account, token });
    } catch (error) {
      const notYet = error instanceof RefusedError && error.refusal.code === 'observer.no_grant' && Date.now() < until;
      if (left() || (error instanceof RefusedError && !notYet)) throw error;
      if (notYet) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      else at += 1;
    }
  }
}

const cutWords = (code: CutCode): string => {
  if (code === 'observer.no_grant') return 'The grant is over.';
  if (code === 'token.expired') return 'The time of the grant is over.';
  return `The edge ended the session (${code}). To go on, confirm another one.`;
};

const refusalWords = ({ code, says, next }: Refusal): string =>
  code === 'observer.used' ? 'The connection was lost. To go on, confirm another session.' : `${says} ${next}`;
