import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { decryptBytes } from '../seal';

const KEY_ID_BYTES = 8;
/** A customer's confirmation, and one of the staff. */
const ERASES: ReadonlySet<string> = new Set(['audit.erase', 'staff-audit.erase']);
/** For how long a process may go on sealing with a key it holds: an erased subject's key dies within this time everywhere. */
const HOLD_MILLISECONDS = 60_000;

/** The keys that events of these subjects are sealed with this year. */
export async function auditKeys(context: Context, { subjects }: Input<'audit.keys'>): Promise<Output<'audit.keys'>> {
  const now = context.now();
  const period = String(new Date(now).getUTCFullYear());
  const keys = await Promise.all(subjects.map((subject) => context.subjects.obtain(subject, period)));
  return {
    keys: keys.map(({ subject, keyId, key }) => ({ subject, keyId, key: key.toString('base64') })),
    until: Math.min(now + HOLD_MILLISECONDS, Date.UTC(Number(period) + 1, 0, 1)),
  };
}

/** Opens sealed values (`keyId 8 | nonce 12 | ciphertext | tag 16`), each for the place it was sealed for. */
export function openAudit({ subjects }: Context, { values }: Input<'audit.open'>): Output<'audit.open'> {
  return {
    values: values.map(({ sealed, boundTo }) => {
      const bytes = Buffer.from(sealed, 'base64');
      const key = subjects.find(bytes.subarray(0, KEY_ID_BYTES).toString('hex'));
      if (!key) return { state: 'gone' as const };
      const value = decryptBytes(key.key, bytes.subarray(KEY_ID_BYTES), boundTo);
      return value ? { state: 'open' as const, value: value.toString('base64') } : { state: 'unreadable' as const };
    }),
  };
}

/** Forgets a subject: destroys their keys of all years, for whoever proved a second factor for exactly this. */
export async function eraseAudit(context: Context, input: Input<'audit.erase'>): Promise<Output<'audit.erase'>> {
  const { subject, ticket, purpose } = input;
  const meant = ERASES.has(purpose.action) && purpose.object === subject;
  if (!meant || !context.tickets.use(ticket, purpose, context.now())) throw new Refusal('ticket.refused');
  return { destroyed: await context.subjects.destroy(subject) };
}
