-- Who is on call, so that a request for access to production reaches them first; whom each request was told to, and when everybody else is told.
-- Routing opens nothing: whoever the committee designated may answer at any time, and the keyring knows no shifts.

CREATE TABLE "OnCallShift" (
    "id" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(0) NOT NULL,
    "endsAt" TIMESTAMPTZ(0) NOT NULL,
    -- The shift that was handed over.
    "insteadOfId" TEXT,
    "setById" TEXT NOT NULL,
    -- It counts from when it was set, and until it was removed: nobody was on call in hindsight.
    "setAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "removedById" TEXT,
    "removedAt" TIMESTAMPTZ(3),
    CONSTRAINT "OnCallShift_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "OnCallShift_id" CHECK ("id" ~ '^shf_[0-9a-f]{32}$'),
    CONSTRAINT "OnCallShift_time" CHECK ("startsAt" < "endsAt" AND "endsAt" <= "startsAt" + interval '336 hours'
      AND extract(epoch FROM "startsAt") % 60 = 0 AND extract(epoch FROM "endsAt") % 60 = 0),
    CONSTRAINT "OnCallShift_removed" CHECK (("removedAt" IS NULL) = ("removedById" IS NULL)),
    CONSTRAINT "OnCallShift_insteadOfId_fkey" FOREIGN KEY ("insteadOfId") REFERENCES "OnCallShift"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "OnCallShift_endsAt_idx" ON "OnCallShift"("endsAt");

CREATE TABLE "AccessRouting" (
    "requestId" TEXT NOT NULL,
    -- Who was told when it was asked for; and who of them because they were on shift.
    "told" TEXT[] NOT NULL,
    "onShift" TEXT[] NOT NULL,
    "toldAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- When everybody else is told; null: nobody was left out.
    "escalateAt" TIMESTAMPTZ(3),
    "escalatedAt" TIMESTAMPTZ(3),
    "escalatedTo" TEXT[] NOT NULL DEFAULT '{}',
    CONSTRAINT "AccessRouting_pkey" PRIMARY KEY ("requestId"),
    CONSTRAINT "AccessRouting_escalated" CHECK (("escalatedAt" IS NULL) = (cardinality("escalatedTo") = 0)
      AND ("escalatedAt" IS NULL OR "escalateAt" IS NOT NULL)),
    CONSTRAINT "AccessRouting_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "AccessRouting_due_idx" ON "AccessRouting"("escalateAt") WHERE "escalatedAt" IS NULL;

-- Minutes that those on shift are given before everybody else is told.
ALTER TABLE "EligibilityPolicy" ADD COLUMN "escalateMinutes" INTEGER NOT NULL DEFAULT 10;
ALTER TABLE "EligibilityPolicy" ADD CONSTRAINT "EligibilityPolicy_escalate" CHECK ("escalateMinutes" BETWEEN 2 AND "decideMinutes");
GRANT INSERT ("escalateMinutes") ON "EligibilityPolicy" TO cordon_console;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['OnCallShift', 'AccessRouting'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, UPDATE ON %I TO cordon_definer', t);
    EXECUTE format('GRANT SELECT ON %I TO cordon_console', t);
    EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = ''staff'')', t);
  END LOOP;
END $$;
GRANT INSERT ON "OnCallShift" TO cordon_definer;

GRANT INSERT ("id", "personId", "startsAt", "endsAt", "setById"), UPDATE ("removedById", "removedAt") ON "OnCallShift" TO cordon_console;
CREATE POLICY make ON "OnCallShift" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "setById" = (SELECT cordon.current_actor()) AND "personId" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff'));
CREATE POLICY remove ON "OnCallShift" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security') AND "removedAt" IS NULL)
  WITH CHECK ("removedById" = (SELECT cordon.current_actor()));

GRANT INSERT ("requestId", "told", "onShift", "escalateAt", "escalatedAt", "escalatedTo") ON "AccessRouting" TO cordon_console;
CREATE POLICY make ON "AccessRouting" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff'
  AND "requestId" IN (SELECT r."id" FROM "AccessRequest" r WHERE r."personId" = (SELECT cordon.current_actor())));
GRANT SELECT ON "AccessRouting" TO cordon_control;
CREATE POLICY control ON "AccessRouting" FOR SELECT TO cordon_control USING (true);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Gives what is left of a shift to somebody else: one's own, or anybody's by who sets them. Null: there is none, or it is over. A shift that has
-- begun goes on under the other name from this minute.
CREATE FUNCTION cordon.hand_over_shift(shift_id text, new_id text, to_person text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at timestamptz := clock_timestamp();
  shift public."OnCallShift";
  starts timestamptz;
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' OR cordon.current_standing() = 'auditor' THEN PERFORM cordon.refuse('context.required'); END IF;
  SELECT * INTO shift FROM public."OnCallShift" s WHERE s."id" = shift_id AND s."removedAt" IS NULL AND s."endsAt" > at FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF (shift."personId" <> cordon.current_actor() AND cordon.current_standing() NOT IN ('administrator', 'security')) OR shift."personId" = to_person
    OR NOT EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = to_person AND u."realm" = 'staff') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  starts := greatest(shift."startsAt", date_trunc('minute', at, 'UTC'));
  UPDATE public."OnCallShift" s SET "removedById" = cordon.current_actor(), "removedAt" = at WHERE s."id" = shift_id;
  INSERT INTO public."OnCallShift" ("id", "personId", "startsAt", "endsAt", "insteadOfId", "setById", "setAt")
  VALUES (new_id, to_person, starts, shift."endsAt", shift_id, cordon.current_actor(), at);
  RETURN starts;
END $$;

-- Whoever is put on call, or taken off it, by somebody else is told.
CREATE FUNCTION cordon.tell_shift() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), u."id", NULL,
    CASE WHEN NEW."removedAt" IS NULL THEN 'on-call.set' ELSE 'on-call.removed' END,
    jsonb_build_object('from', to_char(NEW."startsAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
      'until', to_char(NEW."endsAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')))
  FROM public."User" u
  WHERE u."id" = NEW."personId" AND u."status" = 'active' AND u."id" <> coalesce(NEW."removedById", NEW."setById");
  RETURN NULL;
END $$;

-- From control: tells everybody else of a request, once, and answers who that was. Null: somebody else did, or nobody is left to be told.
CREATE FUNCTION cordon.escalate_request(request_id text, people text[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  others text[];
BEGIN
  -- Held until the end, so that two controls do not tell the same.
  PERFORM 1 FROM public."AccessRouting" a WHERE a."requestId" = request_id AND a."escalatedAt" IS NULL AND a."escalateAt" <= clock_timestamp() FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT array_agg(u."id" ORDER BY u."id") INTO others FROM public."User" u
    JOIN public."AccessRouting" a ON a."requestId" = request_id JOIN public."AccessRequest" r ON r."id" = request_id
    WHERE u."realm" = 'staff' AND u."status" = 'active' AND u."id" = ANY (people) AND u."id" <> ALL (a."told") AND u."id" <> r."personId"
      AND NOT EXISTS (SELECT 1 FROM public."AccessVote" v WHERE v."requestId" = request_id AND v."userId" = u."id");
  IF others IS NULL THEN RETURN NULL; END IF;
  UPDATE public."AccessRouting" a SET "escalatedAt" = clock_timestamp(), "escalatedTo" = others WHERE a."requestId" = request_id;
  PERFORM cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), one, NULL, 'grant.escalated',
    jsonb_build_object('targets', left(array_to_string(r."targets", ', '), 120), 'request', request_id))
  FROM public."AccessRequest" r, unnest(others) one WHERE r."id" = request_id;
  RETURN others;
END $$;

GRANT EXECUTE ON FUNCTION cordon.hand_over_shift(text, text, text) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.tell_shift() TO cordon_owner;
GRANT EXECUTE ON FUNCTION cordon.escalate_request(text, text[]) TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER "OnCallShift_set" AFTER INSERT ON "OnCallShift" FOR EACH ROW EXECUTE FUNCTION cordon.tell_shift();
CREATE TRIGGER "OnCallShift_removed" AFTER UPDATE OF "removedAt" ON "OnCallShift" FOR EACH ROW EXECUTE FUNCTION cordon.tell_shift();
