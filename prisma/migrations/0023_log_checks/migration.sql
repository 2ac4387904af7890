-- Checks of the stored transparency logs (lib/audit/fsck, lib/audit/checks).

-- Whoever checks reads what the logs are made of, and nothing else: no personal values, which are sealed in another table. It writes nothing.
GRANT SELECT ("id", "xid", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header",
  "commitments", "seed", "entry") ON "AuditEvent" TO cordon_checker;
GRANT SELECT ON "LogCursor", "Log", "LogLeaf", "LogTile", "LogCheckpoint", "LogPruned" TO cordon_checker;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AuditEvent', 'LogCursor', 'Log', 'LogLeaf', 'LogTile', 'LogCheckpoint', 'LogPruned'] LOOP
    EXECUTE format('CREATE POLICY check_log ON %I FOR SELECT TO cordon_checker USING (true)', t);
  END LOOP;
END $$;

-- What the checks found last, one row per log and kind. Control writes them; whoever may read a log may know how it stands with it.
CREATE TABLE "LogCheck" (
    -- A log, or `provider` for what concerns none alone.
    "log" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    -- When it came into this state, and when it was last looked at.
    "since" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "entries" BIGINT NOT NULL DEFAULT 0,
    -- Of the first fault.
    "code" TEXT,
    "place" BIGINT,
    CONSTRAINT "LogCheck_pkey" PRIMARY KEY ("log", "kind"),
    CONSTRAINT "LogCheck_kind" CHECK ("kind" IN ('full', 'spot', 'clock', 'review')),
    CONSTRAINT "LogCheck_state" CHECK ("state" IN ('whole', 'failed') AND ("state" = 'failed') = ("code" IS NOT NULL))
);
ALTER TABLE "LogCheck" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "LogCheck" FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON "LogCheck" TO cordon_control;
GRANT SELECT ON "LogCheck" TO cordon_console;
CREATE POLICY keep ON "LogCheck" TO cordon_control USING (true) WITH CHECK (true);
CREATE POLICY see ON "LogCheck" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    ELSE "log" = (SELECT cordon.current_organisation()) AND "log" NOT IN ('provider', 'operator') AND (SELECT cordon.current_project()) IS NULL END);

-- Refusals of people nobody knows, counted by the minute. The first of each kind are events of their own as well; of a flood one event says how
-- many there were. A refusal is counted before it is answered, in its own transaction, so that no kill loses one that was answered.
CREATE TABLE "RefusalCount" (
    "schema" TEXT NOT NULL,
    "realm" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "count" BIGINT NOT NULL,
    CONSTRAINT "RefusalCount_pkey" PRIMARY KEY ("schema", "realm", "code", "minute"),
    CONSTRAINT "RefusalCount_words" CHECK (length("schema") <= 64 AND length("realm") <= 64 AND length("code") <= 64)
);
ALTER TABLE "RefusalCount" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "RefusalCount" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "RefusalCount" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "RefusalCount" TO cordon_definer;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- The how-manieth of its kind in this minute.
CREATE FUNCTION cordon.count_refusal(schema text, realm text, code text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public."RefusalCount" AS r ("schema", "realm", "code", "minute", "count")
  VALUES (count_refusal.schema, count_refusal.realm, count_refusal.code, date_trunc('minute', clock_timestamp()), 1)
  ON CONFLICT ("schema", "realm", "code", "minute") DO UPDATE SET "count" = r."count" + 1
  RETURNING "count"
$$;

-- Takes out the minutes that are over. One that is still being counted in waits for its row, or is taken with the next call.
CREATE FUNCTION cordon.take_refusals() RETURNS TABLE ("schema" text, "realm" text, "code" text, "minute" timestamptz, "count" bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public."RefusalCount" r WHERE r."minute" < date_trunc('minute', clock_timestamp())
  RETURNING r."schema", r."realm", r."code", r."minute"::timestamptz, r."count"
$$;

-- A check failed: told to administrators, security officers and auditors of the provider, and to owners, administrators and auditors of the organisation
-- whose log it is about. The words are fixed, and the receivers follow from the log.
CREATE FUNCTION cordon.notify_check(log text, fields jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), u."id", NULL, 'audit.check-failed', fields)
    FROM public."User" u
   WHERE u."status" = 'active' AND (
     (u."realm" = 'staff' AND u."staffRole" IN ('administrator', 'security', 'auditor'))
     OR EXISTS (SELECT 1 FROM public."Membership" m
       WHERE m."userId" = u."id" AND m."organisationId" = notify_check.log AND m."role" IN ('owner', 'administrator', 'auditor')))
$$;

GRANT EXECUTE ON FUNCTION cordon.count_refusal(text, text, text) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.take_refusals(), cordon.notify_check(text, jsonb) TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
