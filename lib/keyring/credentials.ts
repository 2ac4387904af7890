import { join } from 'node:path';
import { z } from 'zod';
import { Lines } from './lines';

/**
 * The keyring's own registry of passkeys: which key is whose, and whether it counts. The database has a copy for showing; assertions are
 * checked against this one, so that writing into the database makes nobody anybody. It also keeps the installer's welcomes.
 *
 * On disk (`credentials.log`, lines.ts): one line per change, before the answer leaves.
 */
const credential = z.strictObject({
  /** The console's id for it. */
  passkeyId: z.string(),
  userId: z.string(),
  realm: z.enum(['customer', 'staff']),
  /** base64url. */
  credentialId: z.string(),
  /** COSE key, base64url. */
  publicKey: z.string(),
  deviceBound: z.boolean(),
  /** `pending`: a staff passkey nobody else has endorsed; it proves nothing. */
  state: z.enum(['pending', 'active']),
  /** Unix ms at which another of the staff vouched for it; absent where the installer did, and of customers. */
  endorsedAt: z.int().optional(),
});
export type Credential = Readonly<z.infer<typeof credential>>;

const change = z.union([
  /** `welcomedAs`: whose welcome it used up; null is that of whoever comes first. */
  z.strictObject({ put: credential, welcomedAs: z.string().nullable().optional() }),
  z.strictObject({ remove: z.string() }),
  /** `until` in Unix ms. */
  z.strictObject({ welcome: z.string().nullable(), until: z.int() }),
]);
type Change = z.infer<typeof change>;

export interface Welcome {
  readonly userId: string | null;
}

/** Milliseconds after its endorsement in which a passkey opens nothing in production: time to see that it was not meant, and to remove it. */
const SETTLING_MS = 86_400_000;

/** Whether a passkey counts for production at `now` (Unix ms). */
export const isSettled = ({ endorsedAt = 0 }: Credential, now: number): boolean => now >= endorsedAt + SETTLING_MS;

/** More than the 20 that the database lets an account have, because a registration the database refused is removed later or never. */
export const CREDENTIALS_PER_USER = 50;

export class Credentials {
  private readonly byId = new Map<string, Credential>();
  private readonly byCredentialId = new Map<string, Credential>();
  private readonly perUser = new Map<string, number>();
  private readonly welcomes = new Map<string | null, number>();
  /** Highest signature counter seen since the start, by passkey: a second wall behind the database's own. */
  private readonly counters = new Map<string, number>();
  private lines!: Lines;

  private constructor() {}

  static async open(home: string): Promise<Credentials> {
    const credentials = new Credentials();
    credentials.lines = await Lines.open(join(home, 'credentials.log'), {
      read: (line) => {
        const { data } = change.safeParse(line);
        if (data) credentials.apply(data);
        return data !== undefined;
      },
      lines: () => credentials.changes(),
    });
    return credentials;
  }

  get = (passkeyId: string): Credential | undefined => this.byId.get(passkeyId);
  find = (credentialId: string): Credential | undefined => this.byCredentialId.get(credentialId);
  countOf = (userId: string): number => this.perUser.get(userId) ?? 0;
  counterOf = (passkeyId: string): number => this.counters.get(passkeyId) ?? 0;
  counted = (passkeyId: string, counter: number): void => void this.counters.set(passkeyId, counter);

  /** Adds or replaces, and uses up a welcome, in one line. Seen by the next request at once, resolves when on disk. */
  put = (entry: Credential, used?: Welcome | null): Promise<void> =>
    this.write({ put: entry, ...(used ? { welcomedAs: used.userId } : {}) });

  async remove(passkeyIds: readonly string[]): Promise<void> {
    const known = passkeyIds.filter((id) => this.byId.has(id));
    await Promise.all(known.map((id) => this.write({ remove: id })));
  }

  /** Until when (Unix ms) somebody's next staff passkey needs no endorsement; null is whoever comes first. */
  welcome = (userId: string | null, until: number): Promise<void> => this.write({ welcome: userId, until });

  /** A welcome this person may use at `now` (Unix ms): their own, else that of whoever comes first. */
  welcomeOf(userId: string, now: number): Welcome | null {
    const who = [userId, null].find((id) => (this.welcomes.get(id) ?? 0) > now);
    return who === undefined ? null : { userId: who };
  }

  close = (): Promise<void> => this.lines.close();

  private async write(line: Change): Promise<void> {
    this.apply(line);
    await this.lines.append(line);
  }

  private apply(line: Change): void {
    if ('put' in line) {
      this.forget(line.put.passkeyId);
      this.byId.set(line.put.passkeyId, line.put);
      this.byCredentialId.set(line.put.credentialId, line.put);
      this.perUser.set(line.put.userId, this.countOf(line.put.userId) + 1);
      if (line.welcomedAs !== undefined) this.welcomes.delete(line.welcomedAs);
    } else if ('remove' in line) {
      this.forget(line.remove);
      this.counters.delete(line.remove);
    } else this.welcomes.set(line.welcome, line.until);
  }

  private forget(passkeyId: string): void {
    const entry = this.byId.get(passkeyId);
    if (!entry) return;
    this.byId.delete(passkeyId);
    this.byCredentialId.delete(entry.credentialId);
    const left = this.countOf(entry.userId) - 1;
    if (left > 0) this.perUser.set(entry.userId, left);
    else this.perUser.delete(entry.userId);
  }

  private *changes(): Iterable<Change> {
    for (const entry of this.byId.values()) yield { put: entry };
    for (const [userId, until] of this.welcomes) yield { welcome: userId, until };
  }
}
