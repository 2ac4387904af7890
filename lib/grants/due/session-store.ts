import type { Queryable } from './store';

/** Control's queries about what customers are told of sessions. Each row is told of once, whichever control asks. */
export interface Told {
  sessionId: string;
  requestId: string;
  organisationId: string;
  /** As this organisation knows the person. */
  staff: string;
  target: string;
}
export interface Ended extends Told {
  way: string;
  startedAt: Date;
  endedAt: Date;
}
export interface Counted extends Told {
  shared: boolean;
  commands: number | null;
  files: number | null;
  commandLines: string[] | null;
}

/**
 * Sessions that are over and were not told of, one for each customer whose data the target holds. It is its own alone only if it is so now and
 * was so when access was asked for.
 */
export async function takeEnded(db: Queryable, limit: number): Promise<Ended[]> {
  const { rows: sessions } = await db.query<{ id: string }>(
    `update "ProductionSession" s set "told" = true
      where s."id" in (select "id" from "ProductionSession" where not "told" and "endedAt" is not null limit $1 for update skip locked)
      returning s."id"`,
    [limit],
  );
  if (sessions.length === 0) return [];
  const { rows } = await db.query<Ended>(
    `with made as (
      insert into "ProviderSession" ("sessionId", "organisationId", "requestId", "target", "way", "startedAt", "endedAt", "shared")
      select s."id", p."organisationId", s."requestId", s."target", case when s."through" = 'web terminal' then s."through" else 'ssh' end,
          s."startedAt", s."endedAt",
          s."target" not like 'app:%' and t."organisations" is distinct from array[p."organisationId"]
            or exists (select 1 from "ProviderAccess" o where o."requestId" = s."requestId" and o."organisationId" <> p."organisationId"
              and s."target" = any (o."targets"))
        from "ProductionSession" s join "ProviderAccess" p on p."requestId" = s."requestId" and s."target" = any (p."targets")
        left join "AccessTarget" t on t."id" = s."target"
       where s."id" = any ($1) and s."startedAt" is not null
      on conflict do nothing returning *)
    select m.*, p."staffId" as staff from made m
      join "ProviderAccess" p on p."requestId" = m."requestId" and p."organisationId" = m."organisationId"`,
    [sessions.map(({ id }) => id)],
  );
  return rows;
}

/** Sessions whose record was read, or could not be: what the gateway marked. */
export async function takeCounted(db: Queryable, limit: number): Promise<Counted[]> {
  const { rows } = await db.query<Counted>(
    `update "ProviderSession" v set "countedAt" = clock_timestamp(), "commands" = c."commands", "files" = c."files",
        "commandLines" = case when v."shared" then null else c."commandLines" end
       from "SessionRecording" c, "ProviderAccess" p
      where c."sessionId" = v."sessionId" and p."requestId" = v."requestId" and p."organisationId" = v."organisationId"
        and (v."sessionId", v."organisationId") in (select w."sessionId", w."organisationId" from "ProviderSession" w
          join "SessionRecording" d on d."sessionId" = w."sessionId"
         where w."countedAt" is null and d."indexedAt" is not null limit $1 for update of w skip locked)
      returning v.*, p."staffId" as staff`,
    [limit],
  );
  return rows;
}
