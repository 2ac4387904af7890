-- Guessing, counted so that it stops strangers and not the person: by account, address and network, with what is known of the person's own
-- networks kept apart. Every attempt leaves a row of keyed hashes for a day; attacks found in them make the allowances stricter while they last.
-- All numbers come from lib/identity/abuse/limits.ts with each call.

-- Failures since the last sign-in with both factors, however long ago; they close the password path, where pauses only delay it.
ALTER TABLE "Throttle" ADD COLUMN "consecutive" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Throttle" ADD COLUMN "lastAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "Session" ADD COLUMN "country" TEXT NOT NULL DEFAULT '';

CREATE TABLE "SignInAttempt" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" TEXT NOT NULL CHECK ("outcome" IN ('wrong', 'unknown', 'factor', 'half', 'done')),
    "account" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "agent" TEXT NOT NULL,
    CONSTRAINT "SignInAttempt_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AbuseFinding" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL CHECK ("kind" IN ('brute-force', 'spray', 'stuffing')),
    "scope" TEXT NOT NULL CHECK ("scope" IN ('account', 'network', 'agent', 'all')),
    "subject" TEXT NOT NULL,
    "windowSeconds" INTEGER NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activeUntil" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL,
    "accounts" INTEGER NOT NULL,
    "networks" INTEGER NOT NULL,
    "unknown" INTEGER NOT NULL,
    "half" INTEGER NOT NULL,
    "network" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "AbuseFinding_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "AbuseFinding_activeUntil_idx" ON "AbuseFinding"("activeUntil");

-- When some console last looked for attacks.
CREATE TABLE cordon.detection (one boolean PRIMARY KEY DEFAULT true CHECK (one), looked_at timestamptz NOT NULL);
INSERT INTO cordon.detection (looked_at) VALUES ('-infinity');
GRANT SELECT, UPDATE ON cordon.detection TO cordon_definer;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['SignInAttempt', 'AbuseFinding'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cordon_definer', t);
  END LOOP;
END $$;
GRANT USAGE ON SEQUENCE "SignInAttempt_id_seq" TO cordon_definer;
GRANT SELECT ("country") ON "Session" TO cordon_console;
GRANT SELECT ON "AbuseFinding" TO cordon_console;
CREATE POLICY see ON "AbuseFinding" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor'));

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

DROP FUNCTION cordon.throttle_check(text[]);
DROP FUNCTION cordon.throttle_fail(text[]);
DROP FUNCTION cordon.throttle_clear(text[]);

-- Whether an attack found lately concerns any of these.
CREATE FUNCTION cordon.under_attack(subjects text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."AbuseFinding" f WHERE f."activeUntil" > clock_timestamp() AND f."subject" = ANY (array_append(subjects, 'all')))
$$;

-- Whether this person signed in from this network with both factors lately. Unknown accounts have none, after the same query.
CREATE FUNCTION cordon.known_network(realm text, email text, prefix text, days int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT prefix <> 'unknown' AND EXISTS (SELECT 1 FROM public."User" u JOIN public."Session" s ON s."userId" = u."id"
    WHERE u."realm" = known_network.realm::public."Realm" AND u."email" = lower(known_network.email) AND s."aal" = 2
      AND s."raisedBy" <> 'recovery' AND s."addressPrefix" = prefix AND s."createdAt" > clock_timestamp() - make_interval(days => days))
$$;

-- One failure of a counter `<kind>:<hash>`; true when it closed the counter. Addresses and networks, which many people share, are counted in
-- windows; what is one person's is forgotten after an hour of quiet only, so that a pause waited out does not start the count anew.
CREATE FUNCTION cordon.count_failure(counter text, limits jsonb, attacked boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := split_part(counter, ':', 1);
  shared boolean := kind IN ('address', 'network');
  free int := coalesce(CASE WHEN attacked THEN (limits -> 'strict' ->> kind)::int END, (limits -> 'free' ->> kind)::int);
  closed_after int := (limits -> 'closedAfter' ->> kind)::int;
  moment timestamptz;
  over timestamptz;
  t public."Throttle";
  failed int;
BEGIN
  INSERT INTO public."Throttle" ("key", "failures", "windowStart", "blockedUntil", "lastAt")
  VALUES (counter, 0, clock_timestamp(), clock_timestamp(), clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT * INTO t FROM public."Throttle" o WHERE o."key" = counter FOR UPDATE;
  moment := clock_timestamp();
  over := CASE WHEN shared THEN t."windowStart" + make_interval(secs => (limits ->> 'windowSeconds')::int)
    ELSE t."lastAt" + make_interval(secs => (limits ->> 'quietSeconds')::int) END;
  IF greatest(over, t."blockedUntil") < moment THEN
    t."failures" := 0;
    t."windowStart" := moment;
  END IF;
  failed := t."failures" + 1;
  UPDATE public."Throttle" o SET "failures" = failed, "windowStart" = t."windowStart", "lastAt" = moment, "consecutive" = t."consecutive" + 1,
    "blockedUntil" = greatest(t."blockedUntil", CASE
      WHEN t."consecutive" + 1 >= closed_after THEN 'infinity'::timestamptz
      WHEN failed > free THEN moment + make_interval(secs => least((limits ->> 'longestPauseSeconds')::int, 2 ^ least(20, failed - free - 1)))
      ELSE t."blockedUntil" END)
  WHERE o."key" = counter;
  RETURN coalesce(t."consecutive" + 1 >= closed_after, false);
END $$;

-- Admits one attempt (`charged`: the counter it was charged to) or says until when not; `closed` for as long as nothing reopens it. The account
-- is charged before anything is verified: of any number of guesses at once, on any number of consoles, each meets the count the one before
-- it left. From a network known for the account a counter of its own is charged, which strangers cannot fill, and what others do behind the
-- same address is not held against it. `closing`: this was the last one.
CREATE FUNCTION cordon.admit_attempt(account text, known text, address text, network text, agent text, realm text, email text, prefix text, limits jsonb)
RETURNS TABLE (charged text, until timestamptz, closed boolean, closing boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own text := account;
  paused timestamptz;
BEGIN
  IF known IS NOT NULL AND cordon.known_network(realm, email, prefix, (limits ->> 'knownDays')::int)
    AND NOT EXISTS (SELECT 1 FROM public."Throttle" t WHERE t."key" = known AND t."blockedUntil" > clock_timestamp()) THEN
    own := known;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(own, 0));
  SELECT max(t."blockedUntil") INTO paused FROM public."Throttle" t WHERE t."blockedUntil" > clock_timestamp()
    AND (t."key" = own OR (own = account AND t."key" IN (address, network)));
  IF paused IS NOT NULL THEN
    RETURN QUERY SELECT NULL::text, nullif(paused, 'infinity'), paused = 'infinity', false;
  ELSE
    RETURN QUERY SELECT own, NULL::timestamptz, false,
      cordon.count_failure(own, limits, own = account AND cordon.under_attack(ARRAY[account, network, agent]));
  END IF;
END $$;

-- The attempt charged to this counter was right: its failures are forgotten.
CREATE FUNCTION cordon.attempt_passed(charged text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public."Throttle" t WHERE t."key" = charged
$$;

-- The attempt charged to this counter was never verified, through no fault of whoever made it.
CREATE FUNCTION cordon.attempt_void(charged text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Throttle" t SET "failures" = greatest(0, t."failures" - 1), "consecutive" = greatest(0, t."consecutive" - 1),
    "blockedUntil" = least(t."blockedUntil", clock_timestamp()) WHERE t."key" = charged
$$;

-- Somebody proved to be this person with both factors: what closed reopens, and the count of 100 begins anew. Pauses of strangers go on.
CREATE FUNCTION cordon.reopen(counters text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Throttle" t SET "consecutive" = 0,
    "blockedUntil" = CASE WHEN t."blockedUntil" = 'infinity' THEN clock_timestamp() ELSE t."blockedUntil" END
  WHERE t."key" IN (SELECT o."key" FROM public."Throttle" o WHERE o."key" = ANY (counters) ORDER BY o."key" FOR UPDATE)
$$;

-- Word to the person whose password path closed, once a day. Whoever closed it learns nothing: for an account that does not exist nothing happens.
CREATE FUNCTION cordon.tell_closed(realm text, email text, notice_id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cordon.insert_notice(notice_id, u."id", NULL, 'password.closed', '{}') FROM public."User" u
  WHERE u."realm" = tell_closed.realm::public."Realm" AND u."email" = lower(tell_closed.email) AND u."status" = 'active'
    AND NOT EXISTS (SELECT 1 FROM public."Notice" n
      WHERE n."userId" = u."id" AND n."kind" = 'password.closed' AND n."at" > clock_timestamp() - interval '1 day')
$$;

-- Remembers an attempt for the detector, and counts a failure against where it came from. Kept for a day, and no more than `attemptsKept`.
CREATE FUNCTION cordon.note_attempt(outcome text, account text, address text, network text, agent text, limits jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  attacked boolean := cordon.under_attack(ARRAY[network, agent]);
  counter text;
  newest bigint;
BEGIN
  INSERT INTO public."SignInAttempt" ("at", "outcome", "account", "network", "agent")
  VALUES (clock_timestamp(), note_attempt.outcome, account, coalesce(note_attempt.network, ''), agent) RETURNING "id" INTO newest;
  DELETE FROM public."SignInAttempt" a WHERE a."id" IN (
    SELECT o."id" FROM (SELECT e."id", e."at" FROM public."SignInAttempt" e ORDER BY e."id" LIMIT 20 FOR UPDATE SKIP LOCKED) o
    WHERE o."at" < clock_timestamp() - interval '1 day' OR o."id" <= newest - (limits ->> 'attemptsKept')::int);
  IF outcome IN ('wrong', 'unknown', 'factor') THEN
    -- In one order, so that two requests cannot wait for each other.
    FOREACH counter IN ARRAY array_remove(ARRAY[address, network], NULL) LOOP PERFORM cordon.count_failure(counter, limits, attacked); END LOOP;
  END IF;
END $$;

-- One console at a time looks for attacks, at most every so often, and clears away counters whose time is over.
CREATE FUNCTION cordon.claim_detection(every_seconds int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE cordon.detection d SET looked_at = clock_timestamp()
  WHERE d.one = (SELECT o.one FROM cordon.detection o WHERE o.looked_at < clock_timestamp() - make_interval(secs => every_seconds) FOR UPDATE SKIP LOCKED);
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM public."Throttle" t WHERE t."key" IN (
    SELECT o."key" FROM public."Throttle" o
    WHERE o."lastAt" < clock_timestamp() - CASE WHEN split_part(o."key", ':', 1) IN ('address', 'network') THEN interval '1 day' ELSE interval '90 days' END
    LIMIT 500 FOR UPDATE SKIP LOCKED);
  RETURN true;
END $$;

CREATE FUNCTION cordon.recent_attempts(newest int) RETURNS TABLE (at timestamptz, outcome text, account text, network text, agent text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a."at", a."outcome", a."account", a."network", a."agent" FROM public."SignInAttempt" a
  WHERE a."at" > clock_timestamp() - interval '1 day' ORDER BY a."id" DESC LIMIT newest
$$;

-- A finding, or the continuation of one that is still active; true when it is new.
CREATE FUNCTION cordon.record_finding(finding_id text, kind text, scope text, subject text, window_seconds int, active_seconds int, failures int, accounts int,
  networks int, unknown int, half int, network text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  until timestamptz := clock_timestamp() + make_interval(secs => active_seconds);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('finding ' || subject, 0));
  UPDATE public."AbuseFinding" f SET "lastAt" = clock_timestamp(), "activeUntil" = greatest(f."activeUntil", until),
    "failures" = greatest(f."failures", failures), "accounts" = greatest(f."accounts", accounts), "networks" = greatest(f."networks", networks),
    "unknown" = greatest(f."unknown", unknown), "half" = greatest(f."half", half), "network" = coalesce(nullif(network, ''), f."network")
  WHERE f."kind" = kind AND f."subject" = subject AND f."activeUntil" > clock_timestamp();
  IF FOUND THEN RETURN false; END IF;
  DELETE FROM public."AbuseFinding" f WHERE f."lastAt" < clock_timestamp() - interval '90 days';
  INSERT INTO public."AbuseFinding" ("id", "kind", "scope", "subject", "windowSeconds", "activeUntil", "failures", "accounts", "networks", "unknown",
    "half", "network")
  VALUES (finding_id, kind, scope, subject, window_seconds, until, failures, accounts, networks, unknown, half, network);
  RETURN true;
END $$;

-- Counts of the last day for the staff's page: nobody's name in it.
CREATE FUNCTION cordon.attempt_counts() RETURNS TABLE (seconds int, failures bigint, accounts bigint, networks bigint, done bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' OR cordon.current_standing() NOT IN ('administrator', 'security', 'auditor') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT w, count(*) FILTER (WHERE f), count(DISTINCT a."account") FILTER (WHERE f), count(DISTINCT a."network") FILTER (WHERE f),
    count(*) FILTER (WHERE a."outcome" = 'done')
  FROM unnest(ARRAY[900, 3600, 86400]) w LEFT JOIN public."SignInAttempt" a ON a."at" > clock_timestamp() - make_interval(secs => w)
    CROSS JOIN LATERAL (SELECT a."outcome" IN ('wrong', 'unknown', 'factor')) o(f)
  GROUP BY w ORDER BY w;
END $$;

-- Accounts and codes that closed after too many failures, by count only.
CREATE FUNCTION cordon.closed_counts() RETURNS TABLE (kind text, closed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' OR cordon.current_standing() NOT IN ('administrator', 'security', 'auditor') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT split_part(t."key", ':', 1), count(*) FROM public."Throttle" t WHERE t."blockedUntil" = 'infinity' GROUP BY 1 ORDER BY 1;
END $$;

-- Where the session of this context came from, as far as a location database says.
CREATE FUNCTION cordon.place_session(country text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Session" s SET "country" = left(place_session.country, 2)
  WHERE s."id" = (cordon.verified_context())[5] AND s."userId" = cordon.current_actor()
$$;

GRANT EXECUTE ON FUNCTION
  cordon.admit_attempt(text, text, text, text, text, text, text, text, jsonb), cordon.attempt_passed(text), cordon.attempt_void(text), cordon.reopen(text[]),
  cordon.tell_closed(text, text, text),
  cordon.note_attempt(text, text, text, text, text, jsonb), cordon.claim_detection(int), cordon.recent_attempts(int),
  cordon.record_finding(text, text, text, text, int, int, int, int, int, int, int, text), cordon.attempt_counts(), cordon.closed_counts(),
  cordon.place_session(text)
TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
