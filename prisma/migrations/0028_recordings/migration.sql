-- Who reads the screen records of sessions on production, what was on the screens for search, and the heads of a record in the audit log.

ALTER TABLE "SessionRecording" ADD COLUMN "indexedAt" TIMESTAMPTZ(3), ADD COLUMN "indexed" TEXT;
ALTER TABLE "SessionRecording"
  ADD CONSTRAINT "SessionRecording_indexed" CHECK (("indexed" IS NULL) = ("indexedAt" IS NULL)
    AND "indexed" IN ('whole', 'output', 'work', 'text', 'refused', 'failed'));

-- One line of a screen: data of whoever wrote it, to be shown as text.
CREATE TABLE "RecordingText" (
    "sessionId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    -- Since the start.
    "second" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    -- Its words (lib/recordings/words.ts), each once.
    "words" tsvector NOT NULL,
    CONSTRAINT "RecordingText_pkey" PRIMARY KEY ("sessionId", "number"),
    CONSTRAINT "RecordingText_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "SessionRecording"("sessionId") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "RecordingText_text" CHECK ("number" >= 0 AND "second" >= 0 AND length("text") BETWEEN 1 AND 4000)
);
CREATE INDEX "RecordingText_words_idx" ON "RecordingText" USING GIN ("words");
ALTER TABLE "RecordingText" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "RecordingText" FORCE ROW LEVEL SECURITY;

-- The heads of one record, among all events.
CREATE INDEX "AuditEvent_recorded_idx" ON "AuditEvent"("objectId") WHERE "schema" = 'production.recorded@1';

GRANT UPDATE ("indexedAt", "indexed") ON "SessionRecording" TO cordon_control;
GRANT INSERT ON "RecordingText" TO cordon_control;
CREATE POLICY control ON "RecordingText" TO cordon_control USING (true);

-- Staff in these roles, and the person whose session it was. Never a customer: a record may show more than one customer's data.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['SessionRecording', 'RecordingPiece', 'RecordingText'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO cordon_console', t);
    EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = ''staff'' AND (
      (SELECT cordon.current_standing()) IN (''administrator'', ''security'', ''auditor'')
      OR "sessionId" IN (SELECT s."id" FROM "ProductionSession" s WHERE s."userId" = (SELECT cordon.current_actor()))))', t);
  END LOOP;
END $$;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- What the provider's log says of a screen record. Ordered by what each head covers: heads that contradict each other stay neighbours.
CREATE FUNCTION cordon.logged_heads(session_id text) RETURNS TABLE (lines bigint, root text, "time" bigint, "final" boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (h.d ->> 'lines')::bigint, h.d ->> 'root', (h.d ->> 'time')::bigint, (h.d ->> 'final')::boolean
  FROM (SELECT convert_from(e."header", 'UTF8')::jsonb -> 'details' AS d FROM public."AuditEvent" e
    WHERE e."schema" = 'production.recorded@1' AND e."objectId" = session_id AND e."organisationId" IS NULL) h
  ORDER BY 1, 4, 3, 2 LIMIT 100001
$$;

-- The same for those who see the record.
CREATE FUNCTION cordon.recording_heads(session_id text) RETURNS TABLE (lines bigint, root text, "time" bigint, "final" boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' OR NOT (cordon.current_standing() IN ('administrator', 'security', 'auditor')
    OR EXISTS (SELECT 1 FROM public."ProductionSession" s WHERE s."id" = session_id AND s."userId" = cordon.current_actor())) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT * FROM cordon.logged_heads(session_id);
END $$;

GRANT EXECUTE ON FUNCTION cordon.logged_heads(text) TO cordon_control;
GRANT EXECUTE ON FUNCTION cordon.recording_heads(text) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
