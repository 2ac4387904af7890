-- Exports of an audit log are jobs: a person asks, a worker writes a file. The worker has a role of its own and no session of anybody's: it reads
-- through functions that take a job, and give of that job's log what whoever asked for it may see, for as long as they may.

CREATE TABLE "AuditExport" (
    "id" TEXT NOT NULL,
    -- Whose log; null: the provider's.
    "organisationId" TEXT,
    "requestedById" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    -- Fixed when it is asked for: the places [from, to), and the checkpoint, by its size.
    "rangeFrom" BIGINT NOT NULL,
    "rangeTo" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "done" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT NOT NULL DEFAULT 0,
    -- Of the file, once it is there.
    "events" BIGINT,
    "bytes" BIGINT,
    "sha256" TEXT,
    -- Why there is none, and at which place of the log.
    "code" TEXT,
    "place" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    CONSTRAINT "AuditExport_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditExport_id" CHECK ("id" ~ '^exp_[0-9a-f]{32}$'),
    CONSTRAINT "AuditExport_format" CHECK ("format" IN ('pack', 'ndjson', 'csv')),
    CONSTRAINT "AuditExport_filter" CHECK (jsonb_typeof("filter") = 'object' AND length("filter"::text) <= 65536),
    CONSTRAINT "AuditExport_range" CHECK (0 <= "rangeFrom" AND "rangeFrom" < "rangeTo" AND "rangeTo" <= "size"),
    CONSTRAINT "AuditExport_state" CHECK ("state" IN ('queued', 'running', 'ready', 'failed', 'expired')),
    CONSTRAINT "AuditExport_file" CHECK ("state" NOT IN ('ready', 'expired') OR ("events" >= 0 AND "bytes" >= 0 AND "sha256" ~ '^[0-9a-f]{64}$'))
);
CREATE INDEX "AuditExport_organisationId_createdAt_idx" ON "AuditExport"("organisationId", "createdAt" DESC);
CREATE INDEX "AuditExport_open_idx" ON "AuditExport"("createdAt") WHERE "state" IN ('queued', 'running');

ALTER TABLE "AuditExport" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AuditExport" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "AuditExport" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE, DELETE ON "AuditExport" TO cordon_definer;
GRANT SELECT ON "LogLeaf" TO cordon_definer;

-- Everything about a file follows from the job; whoever asks chooses neither state nor time.
GRANT SELECT ON "AuditExport" TO cordon_console;
GRANT INSERT ("id", "organisationId", "requestedById", "format", "filter", "rangeFrom", "rangeTo", "size") ON "AuditExport" TO cordon_console;
CREATE POLICY see ON "AuditExport" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);
CREATE POLICY ask ON "AuditExport" FOR INSERT TO cordon_console WITH CHECK (
  "requestedById" = (SELECT cordon.current_actor())
  AND EXISTS (SELECT 1 FROM "LogCheckpoint" k WHERE k."log" = coalesce("organisationId", 'provider') AND k."size" = "AuditExport"."size")
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);

GRANT USAGE ON SCHEMA cordon TO cordon_exporter;
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Whether whoever asked may export that log now.
CREATE FUNCTION cordon.export_allowed(organisation_id text, user_id text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."User" u
    WHERE u."id" = user_id AND u."status" = 'active' AND CASE WHEN organisation_id IS NULL
      THEN u."realm" = 'staff' AND u."staffRole" IN ('administrator', 'security', 'auditor')
      ELSE EXISTS (SELECT 1 FROM public."Membership" m
        WHERE m."userId" = u."id" AND m."organisationId" = organisation_id AND m."role" IN ('owner', 'administrator', 'auditor')) END)
$$;

-- The job that is being worked on: nothing is read for any other, nor once its requester lost the right.
CREATE FUNCTION cordon.open_export(export_id text) RETURNS public."AuditExport"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport";
BEGIN
  SELECT * INTO job FROM public."AuditExport" x WHERE x."id" = export_id AND x."state" = 'running';
  IF job."id" IS NULL OR NOT cordon.export_allowed(job."organisationId", job."requestedById") THEN PERFORM cordon.refuse('export.closed'); END IF;
  RETURN job;
END $$;

-- The oldest job that is due. One that runs belonged to a worker that is gone: there is one worker, by an advisory lock.
CREATE FUNCTION cordon.claim_export() RETURNS TABLE (id text, organisation_id text, requested_by_id text, format text, filter jsonb, range_from bigint,
  range_to bigint, size bigint, tries int, allowed boolean, note bytea, operator_index bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH due AS (
    SELECT x."id" FROM public."AuditExport" x WHERE x."state" IN ('queued', 'running') AND x."nextTryAt" <= clock_timestamp()
    ORDER BY x."createdAt", x."id" LIMIT 1 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE public."AuditExport" x SET "state" = 'running', "tries" = x."tries" + 1, "done" = 0, "total" = 0
    FROM due WHERE x."id" = due."id" RETURNING x.*)
  SELECT c."id", c."organisationId", c."requestedById", c."format", c."filter", c."rangeFrom", c."rangeTo", c."size", c."tries",
    cordon.export_allowed(c."organisationId", c."requestedById"), k."note", k."operatorIndex"
  FROM claimed c JOIN public."LogCheckpoint" k ON k."log" = coalesce(c."organisationId", 'provider') AND k."size" = c."size"
$$;

-- Events of the job's log by their places, at most 1024, with those sealed values that whoever asked may see. An event that is gone is a row of nulls.
CREATE FUNCTION cordon.export_rows(export_id text, first bigint, width int, with_values boolean) RETURNS TABLE ("index" bigint, id uuid,
  at timestamptz, header bytea, commitments jsonb, seed bytea, entry bytea, sealed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  RETURN QUERY SELECT l."index", e."id", e."at"::timestamptz, e."header", e."commitments", e."seed", e."entry",
    CASE WHEN with_values THEN (
      SELECT jsonb_agg(encode(v."sealed", 'base64')) FROM public."AuditValue" v
      WHERE v."eventId" = e."id" AND v."organisationId" IS NOT DISTINCT FROM job."organisationId"
        AND CASE WHEN job."organisationId" IS NOT NULL THEN true
          ELSE v."subject" = '' OR v."subject" LIKE 'gone\_%'
            OR EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = v."subject" AND u."realm" = 'staff') END) END
    FROM public."LogLeaf" l
    LEFT JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" IS NOT DISTINCT FROM job."organisationId"
   WHERE l."log" = coalesce(job."organisationId", 'provider')
     AND l."index" >= greatest(first, job."rangeFrom") AND l."index" < least(first + least(width, 1024), job."rangeTo")
   ORDER BY l."index";
END $$;

CREATE FUNCTION cordon.export_tiles(export_id text, levels smallint[], ns bigint[]) RETURNS TABLE (level smallint, n bigint, hashes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  RETURN QUERY SELECT t."level", t."n", t."hashes" FROM unnest(levels, ns) AS w(level, n)
    JOIN public."LogTile" t ON t."level" = w.level AND t."n" = w.n WHERE t."log" = coalesce(job."organisationId", 'provider');
END $$;

CREATE FUNCTION cordon.export_progress(export_id text, done bigint, total bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."AuditExport" x SET "done" = export_progress.done, "total" = export_progress.total
  WHERE x."id" = export_id AND x."state" = 'running'
$$;

-- Not now: 30 s, 1 min, 2 min and so on after the first tries.
CREATE FUNCTION cordon.release_export(export_id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."AuditExport" x SET "state" = 'queued', "nextTryAt" = clock_timestamp() + make_interval(secs => 15 * 2 ^ least(x."tries", 8))
  WHERE x."id" = export_id AND x."state" = 'running'
$$;

CREATE FUNCTION cordon.finish_export(export_id text, events bigint, bytes bigint, sha256 text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  UPDATE public."AuditExport" x SET "state" = 'ready', "done" = x."total", "events" = finish_export.events, "bytes" = finish_export.bytes,
    "sha256" = finish_export.sha256, "expiresAt" = clock_timestamp() + interval '24 hours' WHERE x."id" = job."id";
END $$;

CREATE FUNCTION cordon.fail_export(export_id text, code text, place bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."AuditExport" x SET "state" = 'failed', "code" = left(fail_export.code, 64), "place" = fail_export.place
  WHERE x."id" = export_id AND x."state" = 'running'
$$;

-- Ends what has had its time, and says which files are to stay. The jobs themselves are kept 30 days.
CREATE FUNCTION cordon.kept_exports() RETURNS TABLE (id text, tries int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."AuditExport" x SET "state" = 'expired' WHERE x."state" = 'ready' AND x."expiresAt" <= clock_timestamp();
  DELETE FROM public."AuditExport" x WHERE x."state" IN ('failed', 'expired') AND x."createdAt" < clock_timestamp() - interval '30 days';
  RETURN QUERY SELECT x."id", x."tries" FROM public."AuditExport" x WHERE x."state" IN ('running', 'ready');
END $$;

-- What the worker may record: the end of a job it works on, in the name of whoever asked (their pseudonym is that of lib/audit).
CREATE FUNCTION cordon.export_records(export_id text, organisation_id text, schema text, actor_kind text, actor text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."AuditExport" x
    WHERE x."id" = export_id AND x."state" = 'running' AND x."organisationId" IS NOT DISTINCT FROM organisation_id
      AND export_records.schema IN ('audit.exported@2', 'audit.export_failed@1')
      AND actor_kind = CASE WHEN x."organisationId" IS NULL THEN 'staff' ELSE 'member' END
      AND export_records.actor = 'act_' || left(encode(sha256(convert_to(
        E'cordon/audit/actor/v1\n' || coalesce(x."organisationId", 'provider') || E'\n' || x."requestedById", 'UTF8')), 'hex'), 32))
$$;
CREATE FUNCTION cordon.export_seals(organisation_id text, subject text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."AuditExport" x
    WHERE x."state" = 'running' AND x."organisationId" IS NOT DISTINCT FROM organisation_id AND x."requestedById" = export_seals.subject)
$$;

GRANT EXECUTE ON FUNCTION cordon.claim_export(), cordon.export_rows(text, bigint, int, boolean), cordon.export_tiles(text, smallint[], bigint[]),
  cordon.export_progress(text, bigint, bigint), cordon.release_export(text), cordon.finish_export(text, bigint, bigint, text),
  cordon.fail_export(text, text, bigint), cordon.kept_exports(), cordon.export_records(text, text, text, text, text),
  cordon.export_seals(text, text), cordon.operator_checkpoint(), cordon.operator_tile(smallint, bigint) TO cordon_exporter;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

GRANT INSERT ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header",
  "commitments", "seed", "entry") ON "AuditEvent" TO cordon_exporter;
GRANT INSERT ON "AuditValue" TO cordon_exporter;
CREATE POLICY append_export ON "AuditEvent" FOR INSERT TO cordon_exporter WITH CHECK (
  "at" BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '2 minutes'
  AND "objectType" = 'audit-export' AND cordon.export_records("objectId", "organisationId", "schema", "actorKind", "actor"));
CREATE POLICY append_export ON "AuditValue" FOR INSERT TO cordon_exporter WITH CHECK (cordon.export_seals("organisationId", "subject"));
