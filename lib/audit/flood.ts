import type { Tx } from '@/lib/db';
import { type AnyTx, onConnection } from '@/lib/db/control';
import { append, type NewEvent } from './append';
import { type EventSchema, isEventSchema } from './events';

/**
 * Refusals of strangers. Anybody can cause as many as they like, so after the first of a kind in a minute they are only counted, and one event of
 * the minute says exactly how many there were. A kind is the event's name, the realm and the code: none of them is the stranger's to choose.
 */
export const INDIVIDUALLY = 30;

/** Counts one, in the transaction it is recorded in. True: it is among the first and has an event of its own. */
export async function countRefusal<S extends EventSchema>(
  tx: Tx,
  { schema, actor, fields }: NewEvent<S>,
): Promise<boolean> {
  const { realm = '', code = actor.id } = fields as { realm?: string; code?: string };
  const [row] = await tx.prisma.$queryRaw<
    { count: bigint }[]
  >`select cordon.count_refusal(${schema}, ${realm}, ${code}) as count`;
  return Number(row?.count ?? 0) <= INDIVIDUALLY;
}

interface Counted {
  schema: string;
  realm: string;
  code: string;
  minute: Date;
  count: string;
}

/**
 * Writes the events of the minutes that are over, in the transaction that `client` has open, under the role of control. A minute that was told
 * while somebody was still being counted in it is told twice, each time with its part. How many events.
 */
export async function tellFloods(client: Parameters<typeof onConnection>[0] & Reads): Promise<number> {
  const { rows } = await client.query<Counted>('select * from cordon.take_refusals()');
  const floods = rows.filter(({ schema, count }) => isEventSchema(schema) && Number(count) > INDIVIDUALLY);
  const tx: AnyTx = onConnection(client);
  for (const { schema, realm, code, minute, count } of floods)
    await append(tx, {
      schema: 'refusals.counted@1',
      outcome: 'refused',
      actor: { kind: 'system', id: 'refusals' },
      object: { type: 'refusals', id: schema },
      fields: {
        of: schema,
        realm,
        code,
        minute: minute.toISOString(),
        count: Number(count),
        individually: INDIVIDUALLY,
      },
    });
  return floods.length;
}

interface Reads {
  query<T>(text: string): Promise<{ rows: T[] }>;
}
