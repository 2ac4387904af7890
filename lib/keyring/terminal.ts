import { randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Tickets for the web terminal: who holds one and nobody else begins the session it was made for. One per session, once. In memory only, so a
 * restart ends them; then the session is confirmed anew.
 */
export class TerminalTickets {
  /** By session, until (Unix seconds) its opening is over. */
  private readonly made = new Map<string, { ticket: Buffer; until: number }>();

  /** 32 random bytes, base64url; null when the session has had one. Times in Unix seconds. */
  issue(session: string, until: number, now: number): string | null {
    for (const [old, { until: ends }] of this.made) if (ends <= now) this.made.delete(old);
    if (this.made.has(session)) return null;
    const ticket = randomBytes(32);
    this.made.set(session, { ticket, until });
    return ticket.toString('base64url');
  }

  /** Whether it is the session's ticket. The session is used up where it begins, and the ticket with it. */
  holds(session: string, text: string): boolean {
    const given = Buffer.from(text, 'base64url');
    const made = this.made.get(session)?.ticket;
    return made !== undefined && made.length === given.length && timingSafeEqual(made, given);
  }
}
