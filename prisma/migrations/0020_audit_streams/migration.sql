-- Streams carry an audit log to a receiver that its owner chose, in order, each event at least once. What has a place in the log and lies under a
-- checkpoint is sent. The worker has a role of its own, reads no table, and gets of a stream that is active its log from its watermark on.

CREATE TABLE "AuditStream" (
    "id" TEXT NOT NULL,
    -- Whose log; null: the provider's.
    "organisationId" TEXT,
    "createdById" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    -- URL, or host:port.
    "address" TEXT NOT NULL,
    -- PEM; null: the usual authorities.
    "ca" TEXT,
    "personal" BOOLEAN NOT NULL DEFAULT false,
    -- Of the signing secret, by the keyring. The one before is good until `previousUntil`.
    "sealed" TEXT,
    "previousSealed" TEXT,
    "previousUntil" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'active',
    -- Why the worker paused it; null when a person did.
    "code" TEXT,
    -- The watermark: everything before this place was delivered, or is a dead letter.
    "next" BIGINT NOT NULL,
    -- The batch under way, [next, batchEnd) at the checkpoint of batchSize: the same for every try.
    "batchEnd" BIGINT,
    "batchSize" BIGINT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "failingSince" TIMESTAMPTZ(3),
    "announced" BOOLEAN NOT NULL DEFAULT false,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "testedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditStream_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditStream_id" CHECK ("id" ~ '^str_[0-9a-f]{32}$'),
    CONSTRAINT "AuditStream_kind" CHECK ("kind" IN ('http', 'syslog') AND ("kind" = 'http') = ("sealed" IS NOT NULL)),
    CONSTRAINT "AuditStream_lengths" CHECK (length("address") <= 2048 AND length("ca") <= 16384 AND length("sealed") <= 4096),
    CONSTRAINT "AuditStream_state" CHECK ("state" IN ('active', 'paused')),
    CONSTRAINT "AuditStream_previous" CHECK (("previousSealed" IS NULL) = ("previousUntil" IS NULL)),
    CONSTRAINT "AuditStream_batch" CHECK ("next" >= 0 AND ("batchEnd" IS NULL) = ("batchSize" IS NULL)
      AND ("batchEnd" IS NULL OR ("next" < "batchEnd" AND "batchEnd" <= "batchSize")))
);
CREATE INDEX "AuditStream_organisationId_createdAt_idx" ON "AuditStream"("organisationId", "createdAt");
CREATE INDEX "AuditStream_due_idx" ON "AuditStream"("nextTryAt") WHERE "state" = 'active';

-- The last tries, bounded.
CREATE TABLE "AuditStreamDelivery" (
    "streamId" TEXT NOT NULL,
    "n" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "first" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "verdict" TEXT NOT NULL,
    "status" INTEGER,
    "code" TEXT NOT NULL,
    "millis" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    -- Entries that say that the log's own event is gone or changed.
    "broken" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "AuditStreamDelivery_pkey" PRIMARY KEY ("streamId", "n"),
    CONSTRAINT "AuditStreamDelivery_streamId_fkey" FOREIGN KEY ("streamId") REFERENCES "AuditStream"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AuditStreamDelivery_verdict" CHECK ("verdict" IN ('delivered', 'retry', 'refused', 'dead', 'stopped'))
);

-- Places [first, end) that the receiver refused for good. The events are in the log, so that the range is all there is to keep.
CREATE TABLE "AuditStreamLetter" (
    "streamId" TEXT NOT NULL,
    "first" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "status" INTEGER,
    "code" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditStreamLetter_pkey" PRIMARY KEY ("streamId", "first"),
    CONSTRAINT "AuditStreamLetter_streamId_fkey" FOREIGN KEY ("streamId") REFERENCES "AuditStream"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AuditStreamLetter_range" CHECK (0 <= "first" AND "first" < "end"),
    CONSTRAINT "AuditStreamLetter_state" CHECK ("state" IN ('open', 'again', 'sent'))
);
CREATE INDEX "AuditStreamLetter_again_idx" ON "AuditStreamLetter"("streamId") WHERE "state" = 'again';

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AuditStream', 'AuditStreamDelivery', 'AuditStreamLetter'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT, UPDATE ON "AuditStream" TO cordon_definer;
GRANT SELECT, INSERT, DELETE ON "AuditStreamDelivery" TO cordon_definer;
GRANT SELECT, INSERT, UPDATE ON "AuditStreamLetter" TO cordon_definer;

-- A person chooses where and whether; how far it has come follows from what was delivered.
GRANT SELECT ON "AuditStream", "AuditStreamDelivery", "AuditStreamLetter" TO cordon_console;
GRANT INSERT ("id", "organisationId", "createdById", "kind", "address", "ca", "personal", "sealed", "next") ON "AuditStream" TO cordon_console;
GRANT UPDATE ("address", "ca", "personal", "sealed", "previousSealed", "previousUntil", "state", "code", "failures", "refusals", "failingSince",
  "nextTryAt", "testedAt") ON "AuditStream" TO cordon_console;
GRANT DELETE ON "AuditStream" TO cordon_console;
GRANT UPDATE ("state") ON "AuditStreamLetter" TO cordon_console;

CREATE POLICY see ON "AuditStream" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);
-- It begins at the beginning, or where the log stands.
CREATE POLICY make ON "AuditStream" FOR INSERT TO cordon_console WITH CHECK (
  "createdById" = (SELECT cordon.current_actor())
  AND ("next" = 0 OR EXISTS (SELECT 1 FROM "LogCheckpoint" k WHERE k."log" = coalesce("organisationId", 'provider') AND k."size" = "next"))
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) = 'administrator'
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator')
    ELSE false END);
DO $$
DECLARE
  act text;
BEGIN
  FOREACH act IN ARRAY ARRAY['UPDATE', 'DELETE'] LOOP
    EXECUTE format($policy$CREATE POLICY %I ON "AuditStream" FOR %s TO cordon_console USING (
      CASE (SELECT cordon.current_kind())
        WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) = 'administrator'
        WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
          AND (SELECT cordon.current_standing()) IN ('owner', 'administrator')
        ELSE false END)$policy$, lower(act), act);
  END LOOP;
END $$;
CREATE POLICY see ON "AuditStreamDelivery" FOR SELECT TO cordon_console USING (
  EXISTS (SELECT 1 FROM "AuditStream" s WHERE s."id" = "streamId"));
CREATE POLICY see ON "AuditStreamLetter" FOR SELECT TO cordon_console USING (
  EXISTS (SELECT 1 FROM "AuditStream" s WHERE s."id" = "streamId"));
-- To be sent again, by whoever may change the stream.
CREATE POLICY again ON "AuditStreamLetter" FOR UPDATE TO cordon_console
  USING ("state" = 'open' AND EXISTS (SELECT 1 FROM "AuditStream" s WHERE s."id" = "streamId")
    AND (SELECT cordon.current_standing()) IN ('owner', 'administrator'))
  WITH CHECK ("state" = 'again');

GRANT USAGE ON SCHEMA cordon TO cordon_streamer;
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Active streams whose time has come and that have something to send, the one that waited longest first.
CREATE FUNCTION cordon.due_streams() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s."id" FROM public."AuditStream" s
   WHERE s."state" = 'active' AND s."nextTryAt" <= clock_timestamp()
     AND (EXISTS (SELECT 1 FROM public."LogCheckpoint" k WHERE k."log" = coalesce(s."organisationId", 'provider') AND k."size" > s."next")
       OR EXISTS (SELECT 1 FROM public."AuditStreamLetter" d WHERE d."streamId" = s."id" AND d."state" = 'again'))
   ORDER BY s."nextTryAt", s."id" LIMIT 256
$$;

-- What to send next: a dead letter somebody wants sent again, else the batch under way, else what the newest checkpoint covers (`last` is null).
CREATE FUNCTION cordon.take_stream(stream_id text) RETURNS TABLE (id text, organisation_id text, kind text, address text, ca text, personal boolean,
  sealed text[], letter boolean, first bigint, last bigint, size bigint, note bytea, failures int, refusals int, failing_seconds double precision,
  announced boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s."id", s."organisationId", s."kind", s."address", s."ca", s."personal",
    array_remove(ARRAY[s."sealed", CASE WHEN s."previousUntil" > clock_timestamp() THEN s."previousSealed" END], NULL),
    d."first" IS NOT NULL, coalesce(d."first", s."next"), coalesce(d."end", s."batchEnd"), k."size", k."note", s."failures", s."refusals",
    extract(epoch FROM clock_timestamp() - s."failingSince")::double precision, s."announced"
  FROM public."AuditStream" s
  LEFT JOIN LATERAL (SELECT l."first", l."end" FROM public."AuditStreamLetter" l
    WHERE l."streamId" = s."id" AND l."state" = 'again' ORDER BY l."first" LIMIT 1) d ON true
  JOIN LATERAL (SELECT c."size", c."note" FROM public."LogCheckpoint" c
    WHERE c."log" = coalesce(s."organisationId", 'provider') AND c."size" = CASE WHEN d."first" IS NULL AND s."batchSize" IS NOT NULL THEN s."batchSize"
      ELSE (SELECT max(n."size") FROM public."LogCheckpoint" n WHERE n."log" = coalesce(s."organisationId", 'provider')) END) k ON true
  WHERE s."id" = stream_id AND s."state" = 'active' AND (d."first" IS NOT NULL OR s."next" < k."size")
$$;

-- Every place of [first, first + width), at most 100, whether anything is stored there or not: the event, the hash that the log holds of it, and those
-- sealed values that the stream is to carry. Of an active stream, from its watermark on or in a dead letter that is sent again.
CREATE FUNCTION cordon.stream_rows(stream_id text, first bigint, width int) RETURNS TABLE ("index" bigint, id uuid, at timestamptz, header bytea,
  commitments jsonb, seed bytea, entry bytea, leaf bytea, sealed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stream public."AuditStream";
  whose text;
  covered bigint;
BEGIN
  SELECT * INTO stream FROM public."AuditStream" s WHERE s."id" = stream_id AND s."state" = 'active';
  whose := coalesce(stream."organisationId", 'provider');
  SELECT max(k."size") INTO covered FROM public."LogCheckpoint" k WHERE k."log" = whose;
  IF stream."id" IS NULL OR first < 0 OR width NOT BETWEEN 1 AND 100 OR first + width > covered OR (first < stream."next" AND NOT EXISTS (
    SELECT 1 FROM public."AuditStreamLetter" d WHERE d."streamId" = stream."id" AND d."state" = 'again' AND d."first" <= stream_rows.first
      AND stream_rows.first + width <= d."end")) THEN PERFORM cordon.refuse('stream.closed'); END IF;
  RETURN QUERY SELECT i, e."id", e."at"::timestamptz, e."header", e."commitments", e."seed", e."entry",
    substr(t."hashes", (32 * (i % 256))::int + 1, 32),
    CASE WHEN stream."personal" THEN (
      SELECT jsonb_agg(encode(v."sealed", 'base64')) FROM public."AuditValue" v
      WHERE v."eventId" = e."id" AND v."organisationId" IS NOT DISTINCT FROM stream."organisationId"
        AND CASE WHEN stream."organisationId" IS NOT NULL THEN true
          ELSE v."subject" = '' OR v."subject" LIKE 'gone\_%'
            OR EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = v."subject" AND u."realm" = 'staff') END) END
    FROM generate_series(first, first + width - 1) i
    LEFT JOIN public."LogLeaf" l ON l."log" = whose AND l."index" = i
    LEFT JOIN public."LogTile" t ON t."log" = whose AND t."level" = 0 AND t."n" = i / 256
    LEFT JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" IS NOT DISTINCT FROM stream."organisationId"
   ORDER BY i;
END $$;

-- Fixes what a batch holds, before it is sent for the first time.
CREATE FUNCTION cordon.begin_batch(stream_id text, first bigint, last bigint, size bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH fixed AS (
    UPDATE public."AuditStream" s SET "batchEnd" = last, "batchSize" = begin_batch.size
     WHERE s."id" = stream_id AND s."state" = 'active' AND s."next" = begin_batch.first AND s."batchEnd" IS NULL AND EXISTS (
       SELECT 1 FROM public."LogCheckpoint" k WHERE k."log" = coalesce(s."organisationId", 'provider') AND k."size" = begin_batch.size)
    RETURNING 1)
  SELECT EXISTS (SELECT 1 FROM fixed)
$$;

-- What came of a try. The watermark moves to the end of the batch under way, when it was delivered or given up, and never otherwise. False when that
-- batch is not the one under way any more, or the stream is gone: nothing is changed then.
CREATE FUNCTION cordon.end_attempt(stream_id text, letter boolean, first bigint, last bigint, verdict text, status int, code text, millis int, bytes int,
  broken int, wait_seconds double precision, announced boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  number bigint;
  past boolean := verdict IN ('delivered', 'dead');
BEGIN
  IF letter THEN
    UPDATE public."AuditStreamLetter" d SET "state" = CASE verdict WHEN 'delivered' THEN 'sent' ELSE 'open' END, "status" = status, "code" = left(code, 64),
      "at" = clock_timestamp() WHERE d."streamId" = stream_id AND d."first" = first AND d."end" = last AND d."state" = 'again';
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE public."AuditStream" s SET "attempts" = s."attempts" + 1 WHERE s."id" = stream_id RETURNING s."attempts" INTO number;
  ELSE
    UPDATE public."AuditStream" s SET
      "attempts" = s."attempts" + 1,
      "next" = CASE WHEN past THEN last ELSE s."next" END,
      "batchEnd" = CASE WHEN past THEN NULL ELSE s."batchEnd" END,
      "batchSize" = CASE WHEN past THEN NULL ELSE s."batchSize" END,
      "failures" = CASE verdict WHEN 'delivered' THEN 0 ELSE s."failures" + 1 END,
      "refusals" = CASE verdict WHEN 'refused' THEN s."refusals" + 1 ELSE 0 END,
      "failingSince" = CASE verdict WHEN 'delivered' THEN NULL ELSE coalesce(s."failingSince", clock_timestamp()) END,
      "announced" = announced,
      "state" = CASE verdict WHEN 'stopped' THEN 'paused' ELSE s."state" END,
      "code" = CASE verdict WHEN 'stopped' THEN left(code, 64) ELSE s."code" END,
      "nextTryAt" = clock_timestamp() + make_interval(secs => wait_seconds)
     WHERE s."id" = stream_id AND s."next" = first AND s."batchEnd" = last RETURNING s."attempts" INTO number;
    IF NOT FOUND THEN RETURN false; END IF;
    IF verdict = 'dead' THEN
      INSERT INTO public."AuditStreamLetter" ("streamId", "first", "end", "status", "code") VALUES (stream_id, first, last, status, left(code, 64));
    END IF;
  END IF;
  INSERT INTO public."AuditStreamDelivery" ("streamId", "n", "first", "end", "verdict", "status", "code", "millis", "bytes", "broken")
  VALUES (stream_id, number, first, last, verdict, status, left(code, 64), millis, bytes, broken);
  DELETE FROM public."AuditStreamDelivery" d WHERE d."streamId" = stream_id AND d."n" <= number - 100;
  RETURN true;
END $$;

-- What the worker may record: what became of a stream, in that stream's log and in nobody's name.
CREATE FUNCTION cordon.streamer_records(stream_id text, organisation_id text, schema text, actor_kind text, actor text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT streamer_records.schema IN ('stream.failing@1', 'stream.recovered@1', 'stream.stopped@1', 'stream.dead_letter@1', 'stream.gap@1')
    AND actor_kind = 'system' AND streamer_records.actor = 'streamer'
    AND EXISTS (SELECT 1 FROM public."AuditStream" s WHERE s."id" = stream_id AND s."organisationId" IS NOT DISTINCT FROM organisation_id)
$$;

GRANT EXECUTE ON FUNCTION cordon.due_streams(), cordon.take_stream(text), cordon.stream_rows(text, bigint, int),
  cordon.begin_batch(text, bigint, bigint, bigint),
  cordon.end_attempt(text, boolean, bigint, bigint, text, int, text, int, int, int, double precision, boolean),
  cordon.streamer_records(text, text, text, text, text) TO cordon_streamer;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

GRANT INSERT ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header",
  "commitments", "seed", "entry") ON "AuditEvent" TO cordon_streamer;
GRANT INSERT ON "AuditValue" TO cordon_streamer;
CREATE POLICY append_stream ON "AuditEvent" FOR INSERT TO cordon_streamer WITH CHECK (
  "at" BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '2 minutes'
  AND "objectType" = 'audit-stream' AND cordon.streamer_records("objectId", "organisationId", "schema", "actorKind", "actor"));
-- No policy for "AuditValue": these events hold no personal value. The grant is for the statement that writes both.
