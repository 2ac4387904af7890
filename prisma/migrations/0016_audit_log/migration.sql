-- The transparency logs (RFC 6962): one per organisation, one of the provider, and the operator's, whose entries are the checkpoints of the others.
-- The sequencer reads events in the order of (xid, id), gives each its index in its log and keeps the hashes; the keyring signs. A log is named by
-- the id of its organisation, `provider` or `operator`.

-- One row: how far the sequencer has come, in the numbering of this database server. Locked and compared by every step, so that two that both
-- believe they lead cannot fork a log.
CREATE TABLE "LogCursor" (
    "id" INTEGER NOT NULL DEFAULT 1,
    -- pg_control_system(): a restore into another server begins transaction numbers anew, and the cursor would pass over events. Null until first used.
    "system" BIGINT,
    "xid" xid8 NOT NULL DEFAULT '0',
    "eventId" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    CONSTRAINT "LogCursor_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "LogCursor_one" CHECK ("id" = 1)
);
INSERT INTO "LogCursor" DEFAULT VALUES;

CREATE TABLE "Log" (
    "name" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    -- Roots of the complete subtrees the tree of this size is made of, largest first, 32 bytes each.
    "frontier" BYTEA NOT NULL,
    -- Size of the newest checkpoint stored.
    "signed" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "Log_pkey" PRIMARY KEY ("name"),
    CONSTRAINT "Log_name" CHECK ("name" ~ '^(org_[0-9A-Za-z]{1,60}|provider|operator)$'),
    CONSTRAINT "Log_size" CHECK (0 <= "signed" AND "signed" <= "size"),
    CONSTRAINT "Log_frontier" CHECK (octet_length("frontier") = 32 * bit_count("size"::bit(64)))
);
CREATE INDEX "Log_unsigned_idx" ON "Log"("name") WHERE "signed" < "size";

CREATE TABLE "LogLeaf" (
    "log" TEXT NOT NULL,
    "index" BIGINT NOT NULL,
    "xid" xid8 NOT NULL,
    "eventId" UUID NOT NULL,
    CONSTRAINT "LogLeaf_pkey" PRIMARY KEY ("log", "index")
);
-- An event has one place. A writer can use an id twice; in two transactions that makes two events.
CREATE UNIQUE INDEX "LogLeaf_eventId_xid_key" ON "LogLeaf"("eventId", "xid");

-- Hashes of c2sp.org/tlog-tiles, the widest there is; a narrower tile is its beginning.
CREATE TABLE "LogTile" (
    "log" TEXT NOT NULL,
    "level" SMALLINT NOT NULL,
    "n" BIGINT NOT NULL,
    "width" SMALLINT NOT NULL,
    "hashes" BYTEA NOT NULL,
    CONSTRAINT "LogTile_pkey" PRIMARY KEY ("log", "level", "n"),
    CONSTRAINT "LogTile_width" CHECK ("width" BETWEEN 1 AND 256 AND octet_length("hashes") = 32 * "width")
);
-- Hashes do not compress.
ALTER TABLE "LogTile" ALTER COLUMN "hashes" SET STORAGE EXTERNAL;

CREATE TABLE "LogCheckpoint" (
    "log" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    -- The signed note, exactly as signed.
    "note" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- Where the note stands in the operator's log; null in the operator's own.
    "operatorIndex" BIGINT,
    CONSTRAINT "LogCheckpoint_pkey" PRIMARY KEY ("log", "size"),
    CONSTRAINT "LogCheckpoint_root" CHECK (octet_length("root") = 32),
    CONSTRAINT "LogCheckpoint_operator" CHECK (("log" = 'operator') = ("operatorIndex" IS NULL))
);
CREATE UNIQUE INDEX "LogCheckpoint_operatorIndex_key" ON "LogCheckpoint"("operatorIndex");

-- A log's name stands in its checkpoints and in its rows' policies; no writer of events shall choose `operator`, or two lines.
ALTER TABLE "AuditEvent" ADD CONSTRAINT "AuditEvent_organisation" CHECK ("organisationId" ~ '^org_[0-9A-Za-z]{1,60}$');

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['LogCursor', 'Log', 'LogLeaf', 'LogTile', 'LogCheckpoint'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY sequence ON %I TO cordon_sequencer USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA cordon TO cordon_sequencer;
-- Of events what they are committed to, and nothing they say.
GRANT SELECT ("id", "xid", "organisationId", "entry") ON "AuditEvent" TO cordon_sequencer;
CREATE POLICY sequence ON "AuditEvent" FOR SELECT TO cordon_sequencer USING (true);
GRANT SELECT ON "LogCursor", "Log", "LogTile", "LogCheckpoint" TO cordon_sequencer;
GRANT UPDATE ("system", "xid", "eventId") ON "LogCursor" TO cordon_sequencer;
GRANT INSERT ON "Log", "LogLeaf", "LogTile", "LogCheckpoint" TO cordon_sequencer;
GRANT UPDATE ("size", "frontier", "signed") ON "Log" TO cordon_sequencer;
GRANT UPDATE ("width", "hashes") ON "LogTile" TO cordon_sequencer;
GRANT SELECT ON "LogCursor", "Log", "LogCheckpoint" TO cordon_definer;
GRANT UPDATE ("system") ON "LogCursor" TO cordon_definer;

-- As events are read (0007), by whoever may read a whole log: an API key of one project may not.
GRANT SELECT ON "Log", "LogLeaf", "LogTile", "LogCheckpoint" TO cordon_console;
CREATE POLICY see ON "Log" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "name" IN ('provider', 'operator') AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    ELSE "name" = (SELECT cordon.current_organisation()) AND "name" NOT IN ('provider', 'operator') AND (SELECT cordon.current_project()) IS NULL END);
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['LogLeaf', 'LogTile', 'LogCheckpoint'] LOOP
    EXECUTE format($policy$CREATE POLICY see ON %I FOR SELECT TO cordon_console USING (
      CASE (SELECT cordon.current_kind())
        WHEN 'staff' THEN "log" IN ('provider', 'operator') AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
        ELSE "log" = (SELECT cordon.current_organisation()) AND "log" NOT IN ('provider', 'operator') AND (SELECT cordon.current_project()) IS NULL
      END)$policy$, t);
  END LOOP;
END $$;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- For alarms. `oldest` is the time of the first event that has no place yet; those at or above the horizon wait for an open transaction to end.
CREATE FUNCTION cordon.sequencer_state() RETURNS TABLE (oldest timestamptz, cursor_xid xid8, horizon xid8, next_xid xid8, unsigned bigint,
  signed_at timestamptz, system_known boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user <> 'cordon_sequencer' AND (cordon.current_kind() IS DISTINCT FROM 'staff'
    OR cordon.current_standing() NOT IN ('administrator', 'security', 'auditor')) THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY SELECT
    (SELECT e."at"::timestamptz FROM public."AuditEvent" e WHERE (e."xid", e."id") > (c."xid", c."eventId") ORDER BY e."xid", e."id" LIMIT 1),
    c."xid", pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot()),
    (SELECT count(*) FROM public."Log" l WHERE l."signed" < l."size"),
    (SELECT k."at"::timestamptz FROM public."LogCheckpoint" k WHERE k."log" = 'operator' ORDER BY k."size" DESC LIMIT 1),
    coalesce(c."system" = (SELECT s.system_identifier FROM pg_control_system() s), true)
  FROM public."LogCursor" c;
END $$;

-- After a restore into another database server (lib/audit/sequencer/README.md): goes on there, once its transaction numbers are above every event's.
CREATE FUNCTION cordon.adopt_log_cursor() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  above xid8;
BEGIN
  SELECT greatest(c."xid", coalesce((SELECT e."xid" FROM public."AuditEvent" e ORDER BY e."xid" DESC, e."id" DESC LIMIT 1), '0'))
    INTO above FROM public."LogCursor" c;
  IF pg_snapshot_xmin(pg_current_snapshot()) <= above THEN
    RAISE EXCEPTION USING ERRCODE = 'CD001', MESSAGE = 'log.transactions_behind',
      DETAIL = format('Transaction numbers here must first be above %s: stop the server and run pg_resetwal -e %s.', above,
        floor(above::text::numeric / 4294967296) + 1);
  END IF;
  UPDATE public."LogCursor" SET "system" = (SELECT s.system_identifier FROM pg_control_system() s);
END $$;

GRANT EXECUTE ON FUNCTION cordon.sequencer_state() TO cordon_sequencer, cordon_console;
GRANT EXECUTE ON FUNCTION cordon.adopt_log_cursor() TO cordon_owner;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

-- What was given out stays: leaves and checkpoints never change, tiles and logs only grow, the cursor only goes forward.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "LogLeaf" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "LogCheckpoint" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "LogTile" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "Log" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "LogCursor" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER grow_only BEFORE UPDATE ON "LogTile" FOR EACH ROW
  WHEN ((NEW."log", NEW."level", NEW."n") IS DISTINCT FROM (OLD."log", OLD."level", OLD."n") OR NEW."width" < OLD."width"
    OR substr(NEW."hashes", 1, octet_length(OLD."hashes")) <> OLD."hashes")
  EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER grow_only BEFORE UPDATE ON "Log" FOR EACH ROW
  WHEN (NEW."name" <> OLD."name" OR NEW."size" < OLD."size" OR NEW."signed" < OLD."signed")
  EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER forward_only BEFORE UPDATE ON "LogCursor" FOR EACH ROW
  WHEN ((NEW."xid", NEW."eventId") < (OLD."xid", OLD."eventId"))
  EXECUTE FUNCTION cordon.refuse_audit_change();
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['LogCursor', 'Log', 'LogLeaf', 'LogTile', 'LogCheckpoint'] LOOP
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change()', t);
  END LOOP;
END $$;
