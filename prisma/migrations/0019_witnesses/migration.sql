-- Witnesses of the operator's log (C2SP tlog-witness): outsiders who keep its newest checkpoint and cosign the next when that continues it. Control asks
-- them, under the sequencer's role; what they answered is anybody's to read, like the log itself.

-- Whom control asks, and how that stands. Where they are asked stays in control's file.
CREATE TABLE "LogWitness" (
    "vkey" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    -- Whether the policy in force names it, and since when.
    "asked" BOOLEAN NOT NULL,
    "askedSince" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "state" TEXT NOT NULL DEFAULT 'new',
    -- Why it does not cosign.
    "code" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- Of the checkpoint it cosigned last, and its own time of that.
    "size" BIGINT NOT NULL DEFAULT 0,
    "cosignedAt" TIMESTAMPTZ(3),
    CONSTRAINT "LogWitness_pkey" PRIMARY KEY ("vkey"),
    CONSTRAINT "LogWitness_text" CHECK (length("vkey") <= 512 AND length("name") BETWEEN 1 AND 255),
    CONSTRAINT "LogWitness_state" CHECK ("state" IN ('new', 'cosigning', 'failing', 'diverged') AND ("state" IN ('failing', 'diverged')) = ("code" IS NOT NULL)),
    CONSTRAINT "LogWitness_code" CHECK ("code" ~ '^(witness|log)\.[a-z_]{1,32}$'),
    CONSTRAINT "LogWitness_size" CHECK ("size" >= 0)
);

-- Cosignatures of the operator's checkpoints, as lines of their notes. They are verified before they are kept.
CREATE TABLE "LogCosignature" (
    "size" BIGINT NOT NULL,
    "vkey" TEXT NOT NULL,
    "line" BYTEA NOT NULL,
    -- The witness's own time.
    "time" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "LogCosignature_pkey" PRIMARY KEY ("size", "vkey"),
    CONSTRAINT "LogCosignature_line" CHECK (octet_length("line") BETWEEN 80 AND 1024 AND get_byte("line", octet_length("line") - 1) = 10)
);

-- Checkpoints of the operator that the quorum of the policy then in force has cosigned.
CREATE TABLE "LogWitnessed" (
    "size" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "LogWitnessed_pkey" PRIMARY KEY ("size")
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['LogWitness', 'LogCosignature', 'LogWitnessed'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I FOR SELECT TO cordon_definer USING (true)', t);
    EXECUTE format('CREATE POLICY sequence ON %I TO cordon_sequencer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO cordon_definer, cordon_sequencer', t);
    EXECUTE format('GRANT INSERT ON %I TO cordon_sequencer', t);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change()', t);
  END LOOP;
END $$;
GRANT UPDATE ("name", "asked", "askedSince", "state", "code", "since", "size", "cosignedAt") ON "LogWitness" TO cordon_sequencer;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "LogCosignature" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "LogWitnessed" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "LogWitness" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- A checkpoint's note with the lines of those who cosigned it, in a fixed order.
CREATE FUNCTION cordon.cosigned_note(size bigint, note bytea) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cosigned_note.note || coalesce((SELECT string_agg(c."line", ''::bytea ORDER BY c."vkey" COLLATE "C")
    FROM public."LogCosignature" c WHERE c."size" = cosigned_note.size), '')
$$;

CREATE OR REPLACE FUNCTION cordon.operator_checkpoint() RETURNS TABLE ("size" bigint, "root" bytea, "note" bytea, "at" timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k."size", k."root", cordon.cosigned_note(k."size", k."note"), k."at"::timestamptz
  FROM public."LogCheckpoint" k WHERE k."log" = 'operator' ORDER BY k."size" DESC LIMIT 1
$$;

-- For proofs that leave: of the checkpoints over this place of the operator's log, the newest that the quorum cosigned; without one, the newest.
CREATE FUNCTION cordon.operator_checkpoint_over("index" bigint) RETURNS TABLE ("size" bigint, "note" bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k."size", cordon.cosigned_note(k."size", k."note") FROM public."LogCheckpoint" k
   WHERE k."log" = 'operator' AND k."size" > operator_checkpoint_over."index" AND k."size" = coalesce(
     (SELECT max(w."size") FROM public."LogWitnessed" w WHERE w."size" > operator_checkpoint_over."index"),
     (SELECT max(n."size") FROM public."LogCheckpoint" n WHERE n."log" = 'operator'))
$$;

-- When what stands at this place of the operator's log was first witnessed.
CREATE FUNCTION cordon.operator_witnessed("index" bigint) RETURNS TABLE ("size" bigint, "at" timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w."size", w."at"::timestamptz FROM public."LogWitnessed" w WHERE w."size" > operator_witnessed."index" ORDER BY w."size" LIMIT 1
$$;

CREATE FUNCTION cordon.operator_witnesses() RETURNS TABLE ("name" text, "vkey" text, "state" text, "code" text, "since" timestamptz, "size" bigint,
  "cosignedAt" timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w."name", w."vkey", w."state", w."code", w."since"::timestamptz, w."size", w."cosignedAt"::timestamptz
  FROM public."LogWitness" w WHERE w."asked" ORDER BY w."name" COLLATE "C", w."vkey" COLLATE "C"
$$;

-- In one row how witnessing stands. `waiting_since`: since when a checkpoint, or the first question, has waited for the quorum; null when none does.
CREATE FUNCTION cordon.witness_state() RETURNS TABLE (asked bigint, diverged bigint, size bigint, at timestamptz, cosigned bigint, waiting_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.asked, a.diverged, w."size", w."at"::timestamptz,
    (SELECT count(*) FROM public."LogCosignature" c JOIN public."LogWitness" x USING ("vkey") WHERE c."size" = w."size" AND x."asked"),
    (SELECT greatest(k."at", a.since)::timestamptz FROM public."LogCheckpoint" k
      WHERE a.asked > 0 AND k."log" = 'operator' AND k."size" > coalesce(w."size", 0) ORDER BY k."size" LIMIT 1)
  FROM (SELECT count(*) AS asked, count(*) FILTER (WHERE x."state" = 'diverged') AS diverged, min(x."askedSince") AS since
      FROM public."LogWitness" x WHERE x."asked") a
    LEFT JOIN (SELECT n."size", n."at" FROM public."LogWitnessed" n ORDER BY n."size" DESC LIMIT 1) w ON true
$$;

GRANT EXECUTE ON FUNCTION cordon.operator_witnessed(bigint), cordon.operator_witnesses() TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.witness_state() TO cordon_console, cordon_sequencer;
GRANT EXECUTE ON FUNCTION cordon.operator_checkpoint_over(bigint) TO cordon_exporter;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
