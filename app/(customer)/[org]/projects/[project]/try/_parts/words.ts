import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision';
import type { CutCode } from '@/media-plane/client';

/** Words and numbers of the live test page. Pure. */
export type TryRole = 'publisher' | 'audience';
export type TokenMode = 'mint' | 'paste' | 'none';
export type SourceName = 'picture' | 'camera';

/** 15 minutes, or less where the project wants less. */
export const lifetimeToTry = (capSeconds: number): number =>
  Math.max(60, Math.min(900, Number.isFinite(capSeconds) ? capSeconds : 900));

/** 1.2 Mbit/s, 640 kbit/s, 0 kbit/s. */
export function bitrate(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1_000_000) return `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

const isDeny = (code: string): code is DenyCode => Object.hasOwn(DENY_CODES, code);

/** Why a session was ended, and what to do, by its code. */
export function cutWords(code: CutCode): { title: string; says: string; next: string } {
  if (code === 'engine.restarted')
    return { title: 'The media engine restarted', says: 'Nobody was refused.', next: 'The page comes back by itself.' };
  if (code === 'edge.stopping')
    return {
      title: 'The edge is stopping',
      says: 'Nobody was refused.',
      next: 'The page comes back by itself, or join at another edge.',
    };
  const { says, next, rule } = DENY_CODES[isDeny(code) ? code : 'session.unknown'];
  return { title: `Cut by the rule ${rule}`, says, next };
}

/** A name for somebody who gave none yet; `random` is in [0, 1). */
export const suggestedName = (random: number): string => `tester-${String(Math.floor(random * 9000) + 1000)}`;
