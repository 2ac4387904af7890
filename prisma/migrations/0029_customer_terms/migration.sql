-- What a customer is shown of access to production is made for it alone, down to the rows: no person of the provider, and nothing of another customer.

-- The id an employee has with an organisation is a hash that the keyring and auditors can make again (lib/kernel/grant), no longer the database's.
DROP FUNCTION cordon.staff_alias(text, text);

-- A comment of the provider has a person for its author: the customer reads its words by a function.
DROP POLICY see ON "AccessComment";
CREATE POLICY see ON "AccessComment" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind()) WHEN 'staff' THEN "organisationId" IS NULL OR "byStaff"
    WHEN 'member' THEN NOT "byStaff" AND "organisationId" = (SELECT cordon.current_organisation())
      AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p)
    ELSE false END);

-- What the gateway marked in a screen record, once control has read it: commands that were given on their own, and files that were copied. Null
-- where it could not be read.
ALTER TABLE "SessionRecording" ADD COLUMN "commands" INTEGER, ADD COLUMN "files" INTEGER, ADD COLUMN "commandLines" TEXT[];
GRANT UPDATE ("commands", "files", "commandLines") ON "SessionRecording" TO cordon_control;

-- Whether customers were told that a session ended.
ALTER TABLE "ProductionSession" ADD COLUMN "told" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "ProductionSession_untold_idx" ON "ProductionSession"("endedAt") WHERE NOT "told";
GRANT UPDATE ("told") ON "ProductionSession" TO cordon_control;

-- A session as a customer is told of it whose data the target holds.
CREATE TABLE "ProviderSession" (
    "sessionId" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    -- Without the key: that is the same for every customer.
    "way" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3) NOT NULL,
    -- Whether the target holds, or held when access was asked for, data of others as well.
    "shared" BOOLEAN NOT NULL,
    "countedAt" TIMESTAMPTZ(3),
    "commands" INTEGER,
    "files" INTEGER,
    "commandLines" TEXT[],
    CONSTRAINT "ProviderSession_pkey" PRIMARY KEY ("sessionId", "organisationId"),
    CONSTRAINT "ProviderSession_requestId_organisationId_fkey" FOREIGN KEY ("requestId", "organisationId")
      REFERENCES "ProviderAccess"("requestId", "organisationId") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProviderSession_way" CHECK ("way" IN ('web terminal', 'ssh')),
    -- What was typed may be another's.
    CONSTRAINT "ProviderSession_commandLines" CHECK (NOT "shared" OR "commandLines" IS NULL)
);
CREATE INDEX "ProviderSession_requestId_organisationId_idx" ON "ProviderSession"("requestId", "organisationId");
CREATE INDEX "ProviderSession_uncounted_idx" ON "ProviderSession"("sessionId") WHERE "countedAt" IS NULL;
ALTER TABLE "ProviderSession" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "ProviderSession" FORCE ROW LEVEL SECURITY;
CREATE POLICY control ON "ProviderSession" TO cordon_control USING (true);
GRANT SELECT, INSERT, UPDATE ("countedAt", "commands", "files", "commandLines") ON "ProviderSession" TO cordon_control;
-- Of customers whoever sees the request; the provider has the sessions themselves.
GRANT SELECT ON "ProviderSession" TO cordon_console;
CREATE POLICY see ON "ProviderSession" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p));

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- What the provider said to the organisation of whoever asks, who reads that row of theirs, without who of it.
CREATE FUNCTION cordon.provider_comments(requests text[]) RETURNS TABLE (id text, request_id text, "text" text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'member' OR NOT cordon.current_standing() IN ('owner', 'administrator', 'auditor') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT c."id", c."requestId", c."text", c."at"::timestamptz FROM public."AccessComment" c
    JOIN public."ProviderAccess" p ON p."requestId" = c."requestId" AND p."organisationId" = c."organisationId"
    WHERE c."requestId" = ANY (requests) AND c."byStaff" AND c."organisationId" = cordon.current_organisation()
      AND (NOT coalesce(cordon.scope_bounded(), false) OR (coalesce(p."projects" && cordon.scope_projects(), true)
        AND coalesce(p."requestedAt" >= cordon.scope_from(), true) AND coalesce(p."requestedAt" < cordon.scope_before(), true)));
END $$;

-- Why a grant ended, as every customer is told: that one of them took its agreement back is that customer's own.
CREATE FUNCTION cordon.told_why(state text, why text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN state = 'ended' AND why = 'withdrawn' THEN 'revoked' ELSE why END
$$;

-- As in 0026, with that.
CREATE OR REPLACE FUNCTION cordon.note_standing(request_id text, state text, starts_at timestamptz, deadline timestamptz, minutes int, why text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' AND NOT EXISTS (SELECT 1 FROM public."ProviderAccess" p
    WHERE p."requestId" = note_standing.request_id AND p."organisationId" = cordon.current_organisation() AND cordon.administers('member')) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  UPDATE public."AccessRequest" r SET "state" = note_standing.state, "startsAt" = note_standing.starts_at, "deadline" = note_standing.deadline,
    "minutes" = coalesce(note_standing.minutes, r."minutes"), "why" = note_standing.why WHERE r."id" = note_standing.request_id;
  UPDATE public."ProviderAccess" p SET "state" = note_standing.state, "startsAt" = note_standing.starts_at, "deadline" = note_standing.deadline,
    "why" = cordon.told_why(note_standing.state, note_standing.why) WHERE p."requestId" = note_standing.request_id;
END $$;

GRANT EXECUTE ON FUNCTION cordon.provider_comments(text[]) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.told_why(text, text) TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
