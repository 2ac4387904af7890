'use client';
import { type Challenge, giveUp, offersInFields, type Signed, sign } from '../_parts/passkey';

/** A challenge holds five minutes; an older one is exchanged for a fresh one. */
export const FRESH_MS = 4 * 60_000;

export interface FieldOffer {
  /** Offers the passkeys of this device in the list of the address field, until one is chosen or something else happens. */
  start(): Promise<void>;
  /** No new offer; one that is open stays until another request takes its place. */
  hold(): void;
  /** Takes the offer back. */
  stop(): Promise<void>;
}

/** Browsers that cannot offer passkeys in a field are left alone, and a person who never looks at the list never hears of it. */
export function fieldOffer(begin: () => Promise<Challenge | null>, give: (signed: Signed) => void): FieldOffer {
  // Whoever was started or held back later wins; an older loop sees it and ends.
  let round = 0;
  return {
    async start() {
      const mine = ++round;
      if (!(await offersInFields())) return;
      for (let stale = true; stale && mine === round; ) {
        const challenge = await begin();
        if (!challenge || mine !== round) return;
        stale = false;
        const timer = setTimeout(async () => {
          await inSight();
          stale = mine === round;
          if (stale) await giveUp();
        }, FRESH_MS);
        const signed = await sign(challenge, { inField: true }).catch(() => null);
        clearTimeout(timer);
        if (signed && mine === round) give(signed);
      }
    },
    hold() {
      round++;
    },
    async stop() {
      round++;
      await giveUp();
    },
  };
}

/** Resolves once the tab is in sight: one that nobody looks at needs no fresh challenge. */
const inSight = (): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    look();
  });
