import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ActStatement, challengeOf, parseStatement, statementText } from '@/lib/kernel/act';
import { primitives } from '@/lib/primitives';
import { Refusal } from './refusal';

/**
 * Statements that passkeys sign. Nothing is remembered of one that was only made, so that strangers who begin to sign in a million
 * times fill no memory: its MAC says that this process made it, and only one that was signed is remembered, until it ends. The MAC key
 * lives as long as the process, so a restart ends every statement.
 */
export const STATEMENT_SECONDS = 300;

export interface MadeStatement {
  statement: string;
  mac: string;
}

export class Acts {
  private readonly key = randomBytes(32);
  /** Nonce of a signed statement to its end (Unix seconds). Insertion order is nearly order of ending. */
  private readonly spent = new Map<string, number>();

  /** `now` in Unix ms. Throws `request.invalid` when it cannot be said in a statement. */
  make(
    act: Omit<ActStatement, 'nonce' | 'issuedAt' | 'expiresAt'>,
    now: number,
  ): MadeStatement & { challenge: string } {
    const issuedAt = Math.floor(now / 1000);
    const nonce = randomBytes(32).toString('base64url');
    const statement = textOf({ ...act, nonce, issuedAt, expiresAt: issuedAt + STATEMENT_SECONDS });
    return { statement, mac: this.mac(statement).toString('base64url'), challenge: challengeText(statement) };
  }

  /** The statement of a text this process made, unsigned so far and not past its end at `now` (Unix ms); null for everything else. */
  read({ statement, mac }: MadeStatement, now: number): ActStatement | null {
    const given = Buffer.from(mac, 'base64url');
    const genuine = this.mac(statement);
    if (given.length !== genuine.length || !timingSafeEqual(given, genuine)) return null;
    const act = parseStatement(statement);
    const seconds = Math.floor(now / 1000);
    return act && act.issuedAt <= seconds && seconds < act.expiresAt && !this.spent.has(act.nonce) ? act : null;
  }

  /** True exactly once per statement, for whoever comes first with a good signature. */
  spend({ nonce, expiresAt }: ActStatement, now: number): boolean {
    if (this.spent.has(nonce)) return false;
    for (const [old, ends] of this.spent) {
      if (ends > now / 1000) break;
      this.spent.delete(old);
    }
    this.spent.set(nonce, expiresAt);
    return true;
  }

  /** Statements remembered: signed ones, until their end. */
  get remembered(): number {
    return this.spent.size;
  }

  private mac = (statement: string): Buffer => createHmac('sha256', this.key).update(`act|${statement}`).digest();
}

/** What WebAuthn is given to sign: SHA-256 of the statement, base64url. */
export const challengeText = (statement: string): string =>
  Buffer.from(challengeOf(statement, primitives)).toString('base64url');

function textOf(act: ActStatement): string {
  try {
    return statementText(act);
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('request.invalid');
    throw error;
  }
}
