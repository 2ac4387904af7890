-- Approvers who are away lend their voice to somebody else, by signature. What counts is the keyring's ledger (lib/kernel/grant, "Delegations");
-- these rows are copies, for showing, and for telling whom it concerns.

CREATE TABLE "Delegation" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    -- Whose voice it is, and who votes for them.
    "byId" TEXT NOT NULL,
    "toId" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(0) NOT NULL,
    "endsAt" TIMESTAMPTZ(0) NOT NULL,
    "givenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- Before its time, and why: ended by one of the two, or because a designation or an account did.
    "endedAt" TIMESTAMPTZ(0),
    "why" TEXT,
    CONSTRAINT "Delegation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Delegation_id" CHECK ("id" ~ '^dlg_[0-9a-f]{32}$'),
    CONSTRAINT "Delegation_role" CHECK ("role" IN ('security', 'on-call')),
    CONSTRAINT "Delegation_people" CHECK ("byId" <> "toId"),
    CONSTRAINT "Delegation_time" CHECK ("startsAt" < "endsAt" AND "endsAt" <= "startsAt" + interval '14 days'),
    CONSTRAINT "Delegation_ended" CHECK (("endedAt" IS NULL) = ("why" IS NULL) AND "why" IN ('returned', 'lapsed'))
);
CREATE INDEX "Delegation_endsAt_idx" ON "Delegation"("endsAt");

-- For whom a vote was given; null: for oneself.
ALTER TABLE "AccessVote" ADD COLUMN "forId" TEXT,
  ADD CONSTRAINT "AccessVote_for" CHECK ("forId" IS NULL OR ("organisationId" IS NULL AND "role" IN ('security', 'on-call') AND "forId" <> "userId"));
GRANT INSERT ("forId") ON "AccessVote" TO cordon_console;

ALTER TABLE "Delegation" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "Delegation" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "Delegation" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT ON "Delegation" TO cordon_definer;

GRANT SELECT ON "Delegation" TO cordon_console;
GRANT INSERT ("id", "role", "byId", "toId", "startsAt", "endsAt"), UPDATE ("endedAt", "why") ON "Delegation" TO cordon_console;
CREATE POLICY see ON "Delegation" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff');
CREATE POLICY make ON "Delegation" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) <> 'auditor' AND "byId" = (SELECT cordon.current_actor())
  AND "toId" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff'));
-- Either of the two ends it, once.
CREATE POLICY finish ON "Delegation" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) <> 'auditor' AND "endedAt" IS NULL
  AND (SELECT cordon.current_actor()) IN ("byId", "toId")) WITH CHECK ("endedAt" IS NOT NULL);

-- A vote for another needs a delegation of theirs to whoever gives it.
CREATE POLICY lent ON "AccessVote" AS RESTRICTIVE FOR INSERT TO cordon_console WITH CHECK ("forId" IS NULL OR EXISTS (
  SELECT 1 FROM "Delegation" d WHERE d."byId" = "forId" AND d."toId" = "userId" AND d."role" = "AccessVote"."role" AND d."endedAt" IS NULL));

-- Control follows what the keyring says.
GRANT SELECT, UPDATE ("endedAt", "why") ON "Delegation" TO cordon_control;
CREATE POLICY control ON "Delegation" TO cordon_control USING (true);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- To the two whom a delegation is about, but for whoever did it. From the console by one of them, from control by nobody.
CREATE FUNCTION cordon.tell_delegation(delegation_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user <> 'cordon_control' AND NOT EXISTS (SELECT 1 FROM public."Delegation" d WHERE d."id" = delegation_id
    AND cordon.current_kind() = 'staff' AND cordon.current_actor() IN (d."byId", d."toId")) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  PERFORM cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), u."id", NULL,
    CASE WHEN d."endedAt" IS NULL THEN 'grant.delegated' ELSE 'grant.delegation-ended' END,
    jsonb_build_object('of', left(o."name", 80), 'role', d."role", 'until', to_char(d."endsAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')))
  FROM public."Delegation" d JOIN public."User" u ON u."id" IN (d."byId", d."toId")
    JOIN public."User" o ON o."id" = CASE WHEN u."id" = d."toId" THEN d."byId" ELSE d."toId" END
  WHERE d."id" = delegation_id AND u."status" = 'active' AND u."id" IS DISTINCT FROM cordon.current_actor();
END $$;

-- As in 0026, and whoever lent or was lent a voice.
CREATE OR REPLACE FUNCTION cordon.access_leavers() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public."AccessLeaver" l USING public."User" u WHERE u."id" = l."userId" AND u."status" = 'active';
  RETURN QUERY SELECT u."id" FROM public."User" u WHERE u."realm" = 'staff' AND u."status" <> 'active'
    AND NOT EXISTS (SELECT 1 FROM public."AccessLeaver" l WHERE l."userId" = u."id")
    AND (EXISTS (SELECT 1 FROM public."AccessVote" v WHERE u."id" IN (v."userId", v."forId"))
      OR EXISTS (SELECT 1 FROM public."Delegation" d WHERE u."id" IN (d."byId", d."toId"))
      OR EXISTS (SELECT 1 FROM public."CommitteeDecision" d WHERE d."person" = u."id" OR u."id" = ANY (d."members")));
END $$;

GRANT EXECUTE ON FUNCTION cordon.tell_delegation(text) TO cordon_console, cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
