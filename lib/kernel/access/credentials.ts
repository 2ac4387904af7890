import { toHex } from '../encoding';
import type { Primitives } from '../primitives';
import { fromBase64url } from '../webauthn';
import { type AccessEvent, secondsOf, textOf } from './events';

interface Registered {
  /** As the log has it: the first 16 hexadecimal digits of the SHA-256 of the key. */
  readonly fingerprint: string;
  /** Whose it is, by their name in the log. */
  readonly owner: string;
  readonly realm: 'customer' | 'staff';
  /** When it began to count: Unix seconds; null while nobody has endorsed it. */
  readonly since: number | null;
  /** Whether somebody endorsed it: from then on it is a day until it opens anything. */
  readonly endorsed: boolean;
}

const SETTLING_SECONDS = 86_400;

/**
 * Which passkey is whose, by what the log says of registrations and removals, and who endorsed it, by signatures. Staff whom whoever operates the machine
 * has welcomed need no endorsement: that is the log's word alone. Given events in the log's order.
 */
export class Credentials {
  private readonly byId = new Map<string, Registered>();

  added({ objectId, actor, actorKind, at, details }: AccessEvent): void {
    if (this.byId.has(objectId)) return;
    const since = details.state === 'active' ? secondsOf(at) : null;
    const realm = actorKind === 'staff' ? 'staff' : 'customer';
    this.byId.set(objectId, {
      ...{ owner: actor, realm, since, endorsed: false, fingerprint: textOf(details, 'credential') },
    });
  }

  removed = ({ objectId }: AccessEvent): void => void this.byId.delete(objectId);

  /** That it was endorsed, once a signature of somebody else that says so was checked. */
  endorsed({ objectId, at }: AccessEvent): void {
    const known = this.byId.get(objectId);
    if (known?.since === null) this.byId.set(objectId, { ...known, since: secondsOf(at), endorsed: true });
  }

  get = (passkeyId: string): Registered | undefined => this.byId.get(passkeyId);

  /** Whether it opens something in production at a time (Unix seconds). */
  static isSettled = ({ since, endorsed }: Registered, now: number): boolean =>
    since !== null && (!endorsed || now >= since + SETTLING_SECONDS);
}

/** A key as people compare it, and as the log names it: `1f2e 3d4c 5b6a 7988`. Empty for what is no base64url. */
export function fingerprintOf({ sha256 }: Pick<Primitives, 'sha256'>, publicKey: string): string {
  const bytes = fromBase64url(publicKey);
  if (!bytes) return '';
  return toHex(sha256(bytes))
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, '$1 ');
}
