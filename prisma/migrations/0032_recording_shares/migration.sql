-- Who watches a session as it runs; copies of screen records, whole or with lines withheld; and copies that are shown to somebody from outside
-- for a time.

-- Whoever of the staff looks at a live session, until they have not been heard of for a while. The gateway tells the person in the session.
CREATE TABLE "RecordingWatch" (
    "sessionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "RecordingWatch_pkey" PRIMARY KEY ("sessionId", "userId"),
    CONSTRAINT "RecordingWatch_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "ProductionSession"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "RecordingWatch_seenAt_idx" ON "RecordingWatch"("seenAt");

CREATE TABLE "RecordingCopy" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    -- Lines without their bytes, as 12,40-57; empty: a whole copy.
    "withheld" TEXT NOT NULL,
    "withheldLines" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "madeById" TEXT NOT NULL,
    "madeAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "RecordingCopy_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RecordingCopy_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "SessionRecording"("sessionId") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "RecordingCopy_form" CHECK ("id" ~ '^rcp_[0-9a-f]{32}$' AND length("withheld") <= 1024 AND ("withheld" = '') = ("withheldLines" = 0)
      AND length("reason") BETWEEN 10 AND 500)
);
CREATE INDEX "RecordingCopy_sessionId_idx" ON "RecordingCopy"("sessionId");

-- The bytes of a copy are its own: whoever may read it can reach nothing that was withheld.
CREATE TABLE "RecordingCopyPiece" (
    "copyId" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "bytes" BYTEA NOT NULL,
    CONSTRAINT "RecordingCopyPiece_pkey" PRIMARY KEY ("copyId", "offset"),
    CONSTRAINT "RecordingCopyPiece_copyId_fkey" FOREIGN KEY ("copyId") REFERENCES "RecordingCopy"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "RecordingCopyPiece_bytes" CHECK ("offset" >= 0 AND length("bytes") BETWEEN 1 AND 65536)
);

CREATE TABLE "RecordingShare" (
    "id" TEXT NOT NULL,
    "copyId" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    -- SHA-256 of the secret in the link's fragment.
    "secretHash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "mostViews" INTEGER NOT NULL,
    "views" INTEGER NOT NULL DEFAULT 0,
    "viewedAt" TIMESTAMPTZ(3),
    "sharedById" TEXT NOT NULL,
    "sharedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "revokedAt" TIMESTAMPTZ(3),
    "revokedById" TEXT,
    CONSTRAINT "RecordingShare_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RecordingShare_copyId_fkey" FOREIGN KEY ("copyId") REFERENCES "RecordingCopy"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "RecordingShare_form" CHECK ("id" ~ '^shr_[0-9a-f]{32}$' AND length("recipient") BETWEEN 2 AND 120 AND length("secretHash") = 32
      AND "expiresAt" <= "sharedAt" + interval '30 days' AND "mostViews" BETWEEN 1 AND 100 AND "views" BETWEEN 0 AND "mostViews"
      AND ("revokedAt" IS NULL) = ("revokedById" IS NULL))
);
CREATE UNIQUE INDEX "RecordingShare_secretHash_key" ON "RecordingShare"("secretHash");
CREATE INDEX "RecordingShare_copyId_idx" ON "RecordingShare"("copyId");

-- One opening of a link: good for a few hours, in one browser.
CREATE TABLE "RecordingShareView" (
    "shareId" TEXT NOT NULL,
    -- From 1.
    "number" INTEGER NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    -- How often it was asked for something.
    "asked" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "RecordingShareView_pkey" PRIMARY KEY ("shareId", "number"),
    CONSTRAINT "RecordingShareView_shareId_fkey" FOREIGN KEY ("shareId") REFERENCES "RecordingShare"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "RecordingShareView_secretHash_key" ON "RecordingShareView"("secretHash");

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['RecordingWatch', 'RecordingCopy', 'RecordingCopyPiece', 'RecordingShare', 'RecordingShareView'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO cordon_definer', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['RecordingCopy', 'RecordingCopyPiece', 'RecordingShare'] LOOP
    EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = ''staff''
      AND (SELECT cordon.current_standing()) IN (''administrator'', ''security'', ''auditor''))', t);
    EXECUTE format('CREATE POLICY make ON %I FOR INSERT TO cordon_console WITH CHECK ((SELECT cordon.current_kind()) = ''staff''
      AND (SELECT cordon.current_standing()) IN (''administrator'', ''security''))', t);
  END LOOP;
END $$;

-- Nobody writes in another one's name.
CREATE POLICY own ON "RecordingCopy" AS RESTRICTIVE FOR INSERT TO cordon_console WITH CHECK ("madeById" = (SELECT cordon.current_actor()));
CREATE POLICY own ON "RecordingShare" AS RESTRICTIVE FOR INSERT TO cordon_console WITH CHECK ("sharedById" = (SELECT cordon.current_actor()));
CREATE POLICY revoke ON "RecordingShare" FOR UPDATE TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff'
  AND (SELECT cordon.current_standing()) IN ('administrator', 'security')) WITH CHECK ("revokedById" = (SELECT cordon.current_actor()));
CREATE TRIGGER keep_revoked BEFORE UPDATE ON "RecordingShare" FOR EACH ROW
  WHEN (OLD."revokedAt" IS NOT NULL AND NEW."revokedAt" IS DISTINCT FROM OLD."revokedAt") EXECUTE FUNCTION cordon.keep_ended();
CREATE POLICY watch ON "RecordingWatch" TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff'
  AND (SELECT cordon.current_standing()) IN ('administrator', 'security') AND "userId" = (SELECT cordon.current_actor()));
CREATE POLICY control ON "RecordingWatch" FOR SELECT TO cordon_control USING (true);

GRANT SELECT, INSERT, UPDATE ("seenAt") ON "RecordingWatch" TO cordon_console;
GRANT SELECT ON "RecordingWatch" TO cordon_control;
GRANT SELECT, INSERT ("id", "sessionId", "withheld", "withheldLines", "bytes", "reason", "madeById") ON "RecordingCopy" TO cordon_console;
GRANT SELECT, INSERT ON "RecordingCopyPiece" TO cordon_console;
GRANT SELECT ("id", "copyId", "recipient", "expiresAt", "mostViews", "views", "viewedAt", "sharedById", "sharedAt", "revokedAt", "revokedById"),
  INSERT ("id", "copyId", "recipient", "secretHash", "expiresAt", "mostViews", "sharedById"), UPDATE ("revokedAt", "revokedById")
  ON "RecordingShare" TO cordon_console;
GRANT UPDATE ("views", "viewedAt") ON "RecordingShare" TO cordon_definer;
GRANT INSERT, UPDATE ("asked") ON "RecordingShareView" TO cordon_definer;

-- Whoever holds a view of a share reads that copy, and nothing else of anything. The context's actor is the share, its standing the copy.
CREATE POLICY shared ON "RecordingCopyPiece" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = 'share'
  AND "copyId" = (SELECT cordon.current_standing()));

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- What is shown of a share to whoever holds a view of it.
CREATE FUNCTION cordon.shared_copy(of_share text, of_number int) RETURNS TABLE (share_id text, copy_id text, session_id text, target text,
  started_at timestamptz, recipient text, withheld_lines int, view_number int, opened_at timestamptz, ends_at timestamptz, expires_at timestamptz,
  views_left int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r."id", c."id", c."sessionId", s."target", s."startedAt"::timestamptz, r."recipient", c."withheldLines", v."number", v."openedAt"::timestamptz,
    v."endsAt"::timestamptz, r."expiresAt"::timestamptz, r."mostViews" - r."views"
  FROM public."RecordingShare" r JOIN public."RecordingCopy" c ON c."id" = r."copyId" JOIN public."RecordingShareView" v ON v."shareId" = r."id"
    JOIN public."ProductionSession" s ON s."id" = c."sessionId"
  WHERE r."id" = $1 AND v."number" = $2
$$;

-- Opens a link once more: one answer for secrets that are unknown, of expired, revoked and used-up links. Counts, and remembers the view by the
-- secret of its own.
CREATE FUNCTION cordon.open_share(link_secret text, view_hash bytea) RETURNS TABLE (share_id text, copy_id text, session_id text, target text,
  started_at timestamptz, recipient text, withheld_lines int, view_number int, opened_at timestamptz, ends_at timestamptz, expires_at timestamptz,
  views_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r public."RecordingShare";
BEGIN
  UPDATE public."RecordingShare" t SET "views" = t."views" + 1, "viewedAt" = clock_timestamp()
  WHERE t."secretHash" = cordon.hash(link_secret) AND t."revokedAt" IS NULL AND t."expiresAt" > clock_timestamp() AND t."views" < t."mostViews"
  RETURNING t.* INTO r;
  IF r."id" IS NULL THEN PERFORM cordon.refuse('share.invalid'); END IF;
  INSERT INTO public."RecordingShareView" ("shareId", "number", "secretHash", "endsAt")
  VALUES (r."id", r."views", view_hash, least(r."expiresAt", clock_timestamp() + interval '4 hours'));
  PERFORM cordon.set_context('share', NULL, r."id", r."copyId", NULL, NULL);
  RETURN QUERY SELECT * FROM cordon.shared_copy(r."id", r."views");
END $$;

-- A view that was opened, while it and its link last, for so many questions.
CREATE FUNCTION cordon.enter_share(view_secret text) RETURNS TABLE (share_id text, copy_id text, session_id text, target text,
  started_at timestamptz, recipient text, withheld_lines int, view_number int, opened_at timestamptz, ends_at timestamptz, expires_at timestamptz,
  views_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v public."RecordingShareView";
  r public."RecordingShare";
BEGIN
  UPDATE public."RecordingShareView" t SET "asked" = t."asked" + 1
  WHERE t."secretHash" = cordon.hash(view_secret) AND t."endsAt" > clock_timestamp() AND t."asked" < 2000 RETURNING t.* INTO v;
  SELECT * INTO r FROM public."RecordingShare" t WHERE t."id" = v."shareId" AND t."revokedAt" IS NULL AND t."expiresAt" > clock_timestamp();
  IF r."id" IS NULL THEN PERFORM cordon.refuse('share.invalid'); END IF;
  PERFORM cordon.set_context('share', NULL, r."id", r."copyId", NULL, NULL);
  RETURN QUERY SELECT * FROM cordon.shared_copy(r."id", v."number");
END $$;

-- The heads of a record, for those who see it or a copy of it.
CREATE OR REPLACE FUNCTION cordon.recording_heads(session_id text) RETURNS TABLE (lines bigint, root text, "time" bigint, "final" boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (CASE cordon.current_kind()
    WHEN 'staff' THEN cordon.current_standing() IN ('administrator', 'security', 'auditor')
      OR EXISTS (SELECT 1 FROM public."ProductionSession" s WHERE s."id" = session_id AND s."userId" = cordon.current_actor())
    WHEN 'share' THEN EXISTS (SELECT 1 FROM public."RecordingCopy" c WHERE c."id" = cordon.current_standing() AND c."sessionId" = session_id)
    END) IS NOT TRUE THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT * FROM cordon.logged_heads(session_id);
END $$;

-- Events of nobody: refusals, and what was looked at by whoever holds a view of a share.
CREATE OR REPLACE FUNCTION cordon.append_anonymous(event jsonb, "values" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (event ->> 'outcome' IN ('refused', 'failed') OR (cordon.current_kind() = 'share' AND event ->> 'outcome' = 'success'
      AND event ->> 'schema' IN ('recording.share_viewed@1', 'recording.share_downloaded@1') AND event ->> 'objectType' = 'production-session'
      AND EXISTS (SELECT 1 FROM public."RecordingCopy" c WHERE c."id" = cordon.current_standing() AND c."sessionId" = event ->> 'objectId')))
    IS NOT TRUE OR jsonb_array_length("values") > 4 THEN PERFORM cordon.refuse('context.required'); END IF;
  INSERT INTO public."AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId",
    "projectId", "header", "commitments", "seed", "entry")
  VALUES ((event ->> 'id')::uuid, NULL, (event ->> 'at')::timestamptz, (event ->> 'actId')::uuid, event ->> 'schema', event ->> 'outcome', 'anonymous',
    event ->> 'actor', event ->> 'objectType', event ->> 'objectId', NULL, decode(event ->> 'header', 'base64'), event -> 'commitments',
    decode(event ->> 'seed', 'base64'), decode(event ->> 'entry', 'base64'));
  INSERT INTO public."AuditValue" ("eventId", "subject", "organisationId", "sealed")
  SELECT (event ->> 'id')::uuid, coalesce(v ->> 'subject', ''), NULL, decode(v ->> 'sealed', 'base64') FROM jsonb_array_elements("values") v;
END $$;

GRANT EXECUTE ON FUNCTION cordon.open_share(text, bytea), cordon.enter_share(text) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
