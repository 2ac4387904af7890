import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Purpose } from './protocol';
import { context } from './seal';

/**
 * Tickets: `t1.<nonce>.<issued, Unix ms>.<MAC>`. `totp.verify` gives one, a guarded operation takes it back: once, within
 * five minutes, for the same session, user, act and object. The MAC key lives as long as this process, so a restart ends
 * every ticket and the memory of used ones need not be kept on disk.
 */
const LIFE_MILLISECONDS = 300_000;
const PATTERN = /^t1\.([A-Za-z0-9_-]{22})\.([0-9]{1,15})\.([A-Za-z0-9_-]{43})$/;

export class Tickets {
  private readonly key = randomBytes(32);
  /** Nonce of a used ticket to the time (Unix ms) it would have ended anyway. Insertion order is nearly order of ending. */
  private readonly used = new Map<string, number>();

  issue(purpose: Purpose, now: number): string {
    const nonce = randomBytes(16).toString('base64url');
    return `t1.${nonce}.${now}.${this.mac(nonce, now, purpose).toString('base64url')}`;
  }

  /** True exactly once per ticket. */
  use(ticket: string, purpose: Purpose, now: number): boolean {
    const [, nonce, issuedText, mac] = PATTERN.exec(ticket) ?? [];
    if (!nonce || !issuedText || !mac) return false;
    const issued = Number(issuedText);
    if (!timingSafeEqual(Buffer.from(mac, 'base64url'), this.mac(nonce, issued, purpose))) return false;
    if (now < issued || now >= issued + LIFE_MILLISECONDS || this.used.has(nonce)) return false;
    this.forget(now);
    this.used.set(nonce, issued + LIFE_MILLISECONDS);
    return true;
  }

  private mac(nonce: string, issued: number, purpose: Purpose): Buffer {
    const text = context(
      'ticket',
      nonce,
      String(issued),
      purpose.sessionId,
      purpose.userId,
      purpose.action,
      purpose.object,
    );
    return createHmac('sha256', this.key).update(text).digest();
  }

  private forget(now: number): void {
    for (const [nonce, ends] of this.used) if (ends <= now) this.used.delete(nonce);
  }
}
