import type { Queryable } from './store';

/** Control's queries of what has waited for too long. */
export interface Due {
  request: string;
  person: string;
  /** Who was told when it was asked for; and who of them was on shift. */
  told: string[];
  onShift: string[];
}

export async function dueEscalations(db: Queryable): Promise<Due[]> {
  const { rows } = await db.query<Due>(
    `select a."requestId" as request, r."personId" as person, a."told", a."onShift" from "AccessRouting" a
       join "AccessRequest" r on r."id" = a."requestId"
      where a."escalatedAt" is null and a."escalateAt" <= clock_timestamp() and r."state" = 'pending' order by a."escalateAt" limit 2000`,
  );
  return rows;
}

/** Marks it and tells them, once. Answers who was told; null: it is told already, or none of them is left to be told. */
export async function tellOthers(db: Queryable, request: string, people: readonly string[]): Promise<string[] | null> {
  const { rows } = await db.query<{ told: string[] | null }>('select cordon.escalate_request($1, $2) as told', [
    request,
    [...people],
  ]);
  return rows[0]?.told ?? null;
}
