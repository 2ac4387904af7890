import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Purpose } from './protocol';
import { context } from './seal';

/**
 * Tickets: `t2.<nonce>.<issued, Unix ms>.<factor>.<MAC>`. `totp.verify` and `act.verify` give one, a guarded operation takes it
 * back: once, within five minutes, for the same session, user, act, object and terms. It remembers which factor gave it: empty for
 * a code, else the passkey's id. The MAC key lives as long as this process, so a restart ends every ticket and the memory of used
 * ones need not be kept on disk.
 */
const LIFE_MILLISECONDS = 300_000;
const PATTERN = /^t2\.([A-Za-z0-9_-]{22})\.([0-9]{1,15})\.([A-Za-z0-9_-]{0,64})\.([A-Za-z0-9_-]{43})$/;

export class Tickets {
  private readonly key = randomBytes(32);
  /** Nonce of a used ticket to the time (Unix ms) it would have ended anyway. Insertion order is nearly order of ending. */
  private readonly used = new Map<string, number>();

  /** `passkeyId` empty: a code gave it. */
  issue(purpose: Purpose, passkeyId: string, now: number): string {
    const nonce = randomBytes(16).toString('base64url');
    return `t2.${nonce}.${now}.${passkeyId}.${this.mac(nonce, now, passkeyId, purpose).toString('base64url')}`;
  }

  /** The factor that gave the ticket, exactly once per ticket; null for everything else. */
  use(ticket: string, purpose: Purpose, now: number): { passkeyId: string } | null {
    const [, nonce, issuedText, passkeyId, mac] = PATTERN.exec(ticket) ?? [];
    if (!nonce || !issuedText || passkeyId === undefined || !mac) return null;
    const issued = Number(issuedText);
    if (!timingSafeEqual(Buffer.from(mac, 'base64url'), this.mac(nonce, issued, passkeyId, purpose))) return null;
    if (now < issued || now >= issued + LIFE_MILLISECONDS || this.used.has(nonce)) return null;
    this.forget(now);
    this.used.set(nonce, issued + LIFE_MILLISECONDS);
    return { passkeyId };
  }

  private mac(nonce: string, issued: number, passkeyId: string, purpose: Purpose): Buffer {
    const { sessionId, userId, action, object, terms } = purpose;
    const text = context('ticket', nonce, String(issued), passkeyId, sessionId, userId, action, object, terms);
    return createHmac('sha256', this.key).update(text).digest();
  }

  private forget(now: number): void {
    for (const [nonce, ends] of this.used) if (ends <= now) this.used.delete(nonce);
  }
}
