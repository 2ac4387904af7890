-- How long records of a log are kept, what holds them, how they go, and how a person's values in them are erased. All of it is decided here, by the
-- database's clock and from its rows: whoever writes SQL as the console has no session to ask with, and no second person to agree.

CREATE TABLE "AuditRetention" (
    -- `provider`, or an organisation's id, as logs are named.
    "log" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "months" INTEGER NOT NULL,
    "changedById" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditRetention_pkey" PRIMARY KEY ("log", "class"),
    CONSTRAINT "AuditRetention_class" CHECK ("class" IN ('access', 'security', 'configuration', 'activity')),
    CONSTRAINT "AuditRetention_months" CHECK ("months" BETWEEN 12 AND 120)
);

CREATE TABLE "AuditHold" (
    "id" TEXT NOT NULL,
    "log" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    -- Id of the project, the person or the act.
    "target" TEXT,
    "fromAt" TIMESTAMPTZ(3),
    "toAt" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL,
    "setById" TEXT NOT NULL,
    "setAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "releaseAskedById" TEXT,
    "releaseAskedAt" TIMESTAMPTZ(3),
    "releasedById" TEXT,
    "releasedAt" TIMESTAMPTZ(3),
    CONSTRAINT "AuditHold_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditHold_id" CHECK ("id" ~ '^hld_[0-9a-f]{32}$'),
    CONSTRAINT "AuditHold_reason" CHECK (length("reason") BETWEEN 1 AND 500),
    CONSTRAINT "AuditHold_kind" CHECK (CASE "kind"
      WHEN 'log' THEN "target" IS NULL AND "fromAt" IS NULL AND "toAt" IS NULL
      WHEN 'time' THEN "target" IS NULL AND "fromAt" < "toAt"
      ELSE "kind" IN ('project', 'person', 'act') AND length("target") BETWEEN 1 AND 64 AND "fromAt" IS NULL AND "toAt" IS NULL END),
    CONSTRAINT "AuditHold_two" CHECK (("releasedAt" IS NULL) = ("releasedById" IS NULL) AND ("releasedById" IS NULL OR "releasedById" <> "releaseAskedById"))
);
CREATE INDEX "AuditHold_log_setAt_idx" ON "AuditHold"("log", "setAt" DESC);

CREATE TABLE "AuditPruning" (
    "id" TEXT NOT NULL,
    "log" TEXT NOT NULL,
    "classes" TEXT[] NOT NULL,
    -- Records written before this moment, at places before `upTo`.
    "beforeAt" TIMESTAMPTZ(3) NOT NULL,
    "upTo" BIGINT NOT NULL,
    -- How many that was when it was proposed.
    "expected" BIGINT NOT NULL,
    "proposedById" TEXT NOT NULL,
    "proposedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "approvedById" TEXT,
    "approvedAt" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'proposed',
    -- The next place to be looked at; how many went so far, and how many a hold kept.
    "next" BIGINT NOT NULL,
    "pruned" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "finishedAt" TIMESTAMPTZ(3),
    CONSTRAINT "AuditPruning_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditPruning_id" CHECK ("id" ~ '^prn_[0-9a-f]{32}$'),
    CONSTRAINT "AuditPruning_state" CHECK ("state" IN ('proposed', 'approved', 'done', 'withdrawn')),
    CONSTRAINT "AuditPruning_classes" CHECK (cardinality("classes") > 0 AND "classes" <@ '{access,security,configuration,activity}'::text[]),
    CONSTRAINT "AuditPruning_two" CHECK ("state" NOT IN ('approved', 'done') OR ("approvedById" IS NOT NULL AND "approvedById" <> "proposedById"))
);
CREATE INDEX "AuditPruning_log_proposedAt_idx" ON "AuditPruning"("log", "proposedAt" DESC);
-- One at a time, so that what was agreed to is what there is.
CREATE UNIQUE INDEX "AuditPruning_open_key" ON "AuditPruning"("log") WHERE "state" IN ('proposed', 'approved');

CREATE TABLE "AuditErasure" (
    "id" TEXT NOT NULL,
    "log" TEXT NOT NULL,
    -- Whose values; null once no process can still hold one of the destroyed keys.
    "subject" TEXT,
    -- Their pseudonym in this log.
    "person" TEXT NOT NULL,
    -- Ids of the destroyed keys.
    "keys" TEXT[] NOT NULL,
    "events" BIGINT NOT NULL,
    "erasedById" TEXT NOT NULL,
    "erasedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditErasure_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditErasure_id" CHECK ("id" ~ '^ers_[0-9a-f]{32}$')
);
CREATE INDEX "AuditErasure_log_erasedAt_idx" ON "AuditErasure"("log", "erasedAt" DESC);
CREATE INDEX "AuditErasure_open_idx" ON "AuditErasure"("erasedAt") WHERE "subject" IS NOT NULL;

-- Places whose event was pruned. The entry is what the log commits to: 55 bytes that say nothing, kept so that bundles stay whole where records before
-- and after it survive. Below the last bundle that is pruned as a whole there are neither rows nor entries.
CREATE TABLE "LogPruned" (
    "log" TEXT NOT NULL,
    "index" BIGINT NOT NULL,
    "entry" BYTEA NOT NULL,
    "pruningId" TEXT NOT NULL,
    CONSTRAINT "LogPruned_pkey" PRIMARY KEY ("log", "index"),
    CONSTRAINT "LogPruned_entry" CHECK (octet_length("entry") = 55)
);
-- c2sp.org/tlog-tiles: everything before this place is pruned.
ALTER TABLE "Log" ADD COLUMN "minimum" BIGINT NOT NULL DEFAULT 0, ADD CONSTRAINT "Log_minimum" CHECK ("minimum" BETWEEN 0 AND "size");

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AuditRetention', 'AuditHold', 'AuditPruning', 'AuditErasure', 'LogPruned'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO cordon_console', t);
    EXECUTE format($policy$CREATE POLICY see ON %I FOR SELECT TO cordon_console USING (
      CASE (SELECT cordon.current_kind())
        WHEN 'staff' THEN "log" = 'provider' AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
        WHEN 'member' THEN "log" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
        ELSE false END)$policy$, t);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON "AuditRetention", "AuditHold", "AuditPruning", "AuditErasure" TO cordon_definer;
GRANT SELECT, INSERT, DELETE ON "LogPruned" TO cordon_definer;
GRANT DELETE ON "AuditEvent", "AuditValue" TO cordon_definer;
GRANT UPDATE ("subject", "sealed") ON "AuditValue" TO cordon_definer;
GRANT UPDATE ("minimum") ON "Log" TO cordon_definer;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- The class of a kind of event (lib/audit/classes.ts says the same, and a test that they agree). What is in no list is kept longest; records of what
-- became of the log itself are never pruned.
CREATE FUNCTION cordon.audit_class(schema text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN n.name IN ('audit.pruning_proposed', 'audit.pruning_approved', 'audit.pruning_withdrawn', 'audit.pruned', 'audit.hold_set',
      'audit.hold_release_asked', 'audit.hold_released', 'audit.retention_changed', 'audit.subject_erased') THEN 'keeping'
    WHEN n.name IN ('audit.read', 'token.minted', 'token.inspected', 'session.ended', 'sign-in.concurrent', 'edge.connected',
      'enforcement.sessions_cut') THEN 'activity'
    WHEN split_part(n.name, '.', 1) IN ('sign-in', 'password', 'abuse', 'totp', 'passkey', 'recovery', 'step-up', 'revocation', 'tokens', 'api-key')
      THEN 'security'
    WHEN split_part(n.name, '.', 1) IN ('organisation', 'project', 'fence', 'access-policy', 'edge', 'profile')
      OR n.name IN ('certificate.added', 'certificate.enabled', 'certificate.disabled', 'certificate.deleted') THEN 'configuration'
    ELSE 'access' END
  FROM (SELECT split_part(schema, '@', 1) AS name) n
$$;

CREATE FUNCTION cordon.default_months(class text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE class WHEN 'access' THEN 72 WHEN 'security' THEN 36 WHEN 'configuration' THEN 72 WHEN 'activity' THEN 13 END
$$;

-- Null: for ever.
CREATE FUNCTION cordon.kept_months(log text, class text) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT r."months" FROM public."AuditRetention" r WHERE r."log" = kept_months.log AND r."class" = kept_months.class),
    cordon.default_months(kept_months.class))
$$;

-- The pseudonym of lib/audit.
CREATE FUNCTION cordon.pseudonym(log text, person text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'act_' || left(encode(sha256(convert_to(E'cordon/audit/actor/v1\n' || log || E'\n' || person, 'UTF8')), 'hex'), 32)
$$;

-- Holds, erasures and batches of one log go one after another: what a hold was set before, it holds.
CREATE FUNCTION cordon.lock_keeping(log text) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('audit keeping ' || log, 0))
$$;

-- The log of which the caller decides what is kept. Approving is also for the provider's security officers. Refuses whoever decides for none.
CREATE FUNCTION cordon.decides_for(approving boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  standing text := cordon.current_standing();
BEGIN
  IF cordon.current_kind() = 'member' AND standing IN ('owner', 'administrator') THEN RETURN cordon.current_organisation(); END IF;
  IF cordon.current_kind() = 'staff' AND (standing = 'administrator' OR approving AND standing = 'security') THEN RETURN 'provider'; END IF;
  PERFORM cordon.refuse('context.required');
END $$;

-- Customers' and staff's confirmations of the same act have different names, as everywhere.
CREATE FUNCTION cordon.use_keeping_step_up(secret text, act text, object text, terms text) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cordon.use_step_up(secret, CASE cordon.current_kind() WHEN 'staff' THEN 'staff-' ELSE '' END || act, object, terms)
$$;

-- Whether a hold that is in force keeps this event.
CREATE FUNCTION cordon.is_held(hold public."AuditHold", event public."AuditEvent") RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT hold."releasedAt" IS NULL AND hold."log" = coalesce(event."organisationId", 'provider') AND CASE hold."kind"
    WHEN 'log' THEN true
    WHEN 'project' THEN event."projectId" = hold."target" OR event."objectId" = hold."target"
    WHEN 'person' THEN event."actor" = cordon.pseudonym(hold."log", hold."target") OR event."objectId" = hold."target"
      OR EXISTS (SELECT 1 FROM public."AuditValue" v WHERE v."eventId" = event."id" AND v."subject" = hold."target")
    WHEN 'act' THEN event."actId"::text = hold."target"
    WHEN 'time' THEN event."at" >= hold."fromAt" AND event."at" < hold."toAt" END
$$;

-- ---- Periods

CREATE FUNCTION cordon.set_retention(secret text, class text, months int, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(false);
BEGIN
  PERFORM cordon.lock_keeping(of_log);
  -- Keeping longer takes nothing from anybody.
  IF months < cordon.kept_months(of_log, class) THEN
    PERFORM cordon.use_keeping_step_up(secret, 'audit.retention', of_log, terms);
  ELSE
    PERFORM cordon.require_work(secret);
  END IF;
  INSERT INTO public."AuditRetention" AS r ("log", "class", "months", "changedById") VALUES (of_log, class, months, cordon.current_actor())
  ON CONFLICT ON CONSTRAINT "AuditRetention_pkey" DO UPDATE SET "months" = excluded."months", "changedById" = excluded."changedById", "changedAt" = clock_timestamp();
END $$;

-- Per class of the reader's log: its period, the oldest record, how many are past the period, and how many of these a hold keeps.
CREATE FUNCTION cordon.keeping_state() RETURNS TABLE (class text, months int, changed_at timestamptz, oldest timestamptz, events bigint, past bigint, held bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := CASE cordon.current_kind()
    WHEN 'member' THEN CASE WHEN cordon.current_standing() IN ('owner', 'administrator', 'auditor') THEN cordon.current_organisation() END
    WHEN 'staff' THEN CASE WHEN cordon.current_standing() IN ('administrator', 'security', 'auditor') THEN 'provider' END END;
BEGIN
  IF of_log IS NULL THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY
  WITH kinds AS (
    SELECT c.class, cordon.kept_months(of_log, c.class) AS months FROM unnest('{access,security,configuration,activity,keeping}'::text[]) AS c(class)),
  schemas AS MATERIALIZED (
    SELECT e."schema", cordon.audit_class(e."schema") AS class, min(e."at") AS oldest, count(*) AS events FROM public."AuditEvent" e
    WHERE (of_log = 'provider' AND e."organisationId" IS NULL OR e."organisationId" = of_log) GROUP BY e."schema"),
  cuts AS MATERIALIZED (
    SELECT s."schema", s.class, clock_timestamp() - make_interval(months => k.months) AS cut FROM schemas s JOIN kinds k ON k.class = s.class
    WHERE k.months IS NOT NULL),
  gone AS (
    SELECT c.class, p.past, p.held
    FROM cuts c
    CROSS JOIN LATERAL (SELECT count(*) AS past, count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM public."AuditHold" h WHERE h."log" = of_log AND h."releasedAt" IS NULL AND cordon.is_held(h, e))) AS held
      FROM public."AuditEvent" e WHERE (of_log = 'provider' AND e."organisationId" IS NULL OR e."organisationId" = of_log)
        AND e."schema" = c."schema" AND e."at" < c.cut) p)
  SELECT k.class, k.months, r."changedAt"::timestamptz,
    (SELECT min(s.oldest)::timestamptz FROM schemas s WHERE s.class = k.class),
    coalesce((SELECT sum(s.events)::bigint FROM schemas s WHERE s.class = k.class), 0),
    coalesce((SELECT sum(g.past)::bigint FROM gone g WHERE g.class = k.class), 0),
    coalesce((SELECT sum(g.held)::bigint FROM gone g WHERE g.class = k.class), 0)
  FROM kinds k LEFT JOIN public."AuditRetention" r ON r."log" = of_log AND r."class" = k.class;
END $$;

-- ---- Holds

CREATE FUNCTION cordon.set_hold(secret text, hold_id text, kind text, target text, from_at timestamptz, to_at timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(true);
BEGIN
  PERFORM cordon.require_work(secret);
  PERFORM cordon.lock_keeping(of_log);
  INSERT INTO public."AuditHold" ("id", "log", "kind", "target", "fromAt", "toAt", "reason", "setById")
  VALUES (hold_id, of_log, kind, target, from_at, to_at, reason, cordon.current_actor());
END $$;

-- The first asks, the second, who is another, releases. Answers whether it is released now.
CREATE FUNCTION cordon.release_hold(secret text, hold_id text, terms text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(true);
  hold public."AuditHold";
BEGIN
  PERFORM cordon.lock_keeping(of_log);
  SELECT * INTO hold FROM public."AuditHold" h WHERE h."id" = hold_id AND h."log" = of_log FOR UPDATE;
  IF hold."id" IS NULL THEN PERFORM cordon.refuse('hold.not_found'); END IF;
  IF hold."releasedAt" IS NOT NULL THEN PERFORM cordon.refuse('hold.released'); END IF;
  IF hold."releaseAskedById" = cordon.current_actor() THEN PERFORM cordon.refuse('hold.own'); END IF;
  PERFORM cordon.use_keeping_step_up(secret, 'audit.release', hold_id, terms);
  UPDATE public."AuditHold" h SET
    "releaseAskedById" = coalesce(h."releaseAskedById", cordon.current_actor()), "releaseAskedAt" = coalesce(h."releaseAskedAt", clock_timestamp()),
    "releasedById" = CASE WHEN h."releaseAskedById" IS NOT NULL THEN cordon.current_actor() END,
    "releasedAt" = CASE WHEN h."releaseAskedById" IS NOT NULL THEN clock_timestamp() END
  WHERE h."id" = hold_id;
  RETURN hold."releaseAskedById" IS NOT NULL;
END $$;

-- ---- Pruning

-- Events at places [first, until) of a log that are past their period, and whether a hold keeps them. What is asked once per kind of event is not asked
-- per event.
CREATE FUNCTION cordon.past_period(log text, classes text[], before_at timestamptz, first bigint, until bigint) RETURNS TABLE ("index" bigint, id uuid,
  xid xid8, entry bytea, held boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH placed AS MATERIALIZED (
    SELECT l."index", e."id", e."xid", e."entry", e."schema", e."at"
    FROM public."LogLeaf" l
    JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" IS NOT DISTINCT FROM nullif(past_period.log, 'provider')
    WHERE l."log" = past_period.log AND l."index" >= first AND l."index" < until AND e."at" < before_at),
  cuts AS MATERIALIZED (
    SELECT s."schema", clock_timestamp() - make_interval(months => cordon.kept_months(past_period.log, c.class)) AS cut
    FROM (SELECT DISTINCT p."schema" FROM placed p) s JOIN unnest(classes) AS c(class) ON c.class = cordon.audit_class(s."schema"))
  SELECT p."index", p."id", p."xid", p."entry",
    EXISTS (SELECT 1 FROM public."AuditHold" h JOIN public."AuditEvent" e ON e."xid" = p."xid" AND e."id" = p."id"
      WHERE h."log" = past_period.log AND h."releasedAt" IS NULL AND cordon.is_held(h, e))
  FROM placed p JOIN cuts c ON c."schema" = p."schema" WHERE p."at" < c.cut
$$;

-- Answers how many records that is now.
CREATE FUNCTION cordon.propose_pruning(secret text, pruning_id text, classes text[], before_at timestamptz, up_to bigint, terms text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(false);
  lowest bigint;
  n bigint;
BEGIN
  PERFORM cordon.lock_keeping(of_log);
  SELECT l."minimum" INTO lowest FROM public."Log" l WHERE l."name" = of_log AND up_to > l."minimum" AND up_to <= l."signed";
  IF lowest IS NULL OR before_at > clock_timestamp() THEN PERFORM cordon.refuse('pruning.range'); END IF;
  IF EXISTS (SELECT 1 FROM public."AuditPruning" p WHERE p."log" = of_log AND p."state" IN ('proposed', 'approved')) THEN
    PERFORM cordon.refuse('pruning.open');
  END IF;
  PERFORM cordon.use_keeping_step_up(secret, 'audit.prune', of_log, terms);
  SELECT count(*) INTO n FROM cordon.past_period(of_log, propose_pruning.classes, before_at, lowest, up_to) p WHERE NOT p.held;
  IF n = 0 THEN PERFORM cordon.refuse('pruning.nothing'); END IF;
  INSERT INTO public."AuditPruning" ("id", "log", "classes", "beforeAt", "upTo", "expected", "proposedById", "next")
  VALUES (pruning_id, of_log, propose_pruning.classes, before_at, up_to, n, cordon.current_actor(), lowest);
  RETURN n;
END $$;

-- By another person than who proposed it, within seven days.
CREATE FUNCTION cordon.approve_pruning(secret text, pruning_id text, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(true);
  job public."AuditPruning";
BEGIN
  SELECT * INTO job FROM public."AuditPruning" p WHERE p."id" = pruning_id AND p."log" = of_log FOR UPDATE;
  IF job."id" IS NULL THEN PERFORM cordon.refuse('pruning.not_found'); END IF;
  IF job."state" <> 'proposed' THEN PERFORM cordon.refuse('pruning.decided'); END IF;
  IF job."proposedById" = cordon.current_actor() THEN PERFORM cordon.refuse('pruning.own'); END IF;
  IF job."proposedAt" < clock_timestamp() - interval '7 days' THEN PERFORM cordon.refuse('pruning.lapsed'); END IF;
  PERFORM cordon.use_keeping_step_up(secret, 'audit.approve', pruning_id, terms);
  UPDATE public."AuditPruning" p SET "state" = 'approved', "approvedById" = cordon.current_actor(), "approvedAt" = clock_timestamp() WHERE p."id" = pruning_id;
END $$;

-- Also stops one under way. What went is gone.
CREATE FUNCTION cordon.withdraw_pruning(secret text, pruning_id text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(true);
  n bigint;
BEGIN
  PERFORM cordon.require_work(secret);
  UPDATE public."AuditPruning" p SET "state" = 'withdrawn', "finishedAt" = clock_timestamp()
  WHERE p."id" = pruning_id AND p."log" = of_log AND p."state" IN ('proposed', 'approved') RETURNING p."pruned" INTO n;
  IF n IS NULL THEN PERFORM cordon.refuse('pruning.decided'); END IF;
  RETURN n;
END $$;

CREATE FUNCTION cordon.due_pruning() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p."id" FROM public."AuditPruning" p WHERE p."state" = 'approved' ORDER BY p."approvedAt" LIMIT 1
$$;

-- Prunes what is agreed and past its period at the next places. Everything is looked at again now: approval, periods, holds. Any transaction may
-- be the last one that was; the next goes on where it ended.
CREATE FUNCTION cordon.prune_batch(pruning_id text, places int) RETURNS TABLE (log text, classes text[], before_at timestamptz,
  pruned bigint, held bigint, up_to bigint, minimum bigint, finished boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditPruning";
  until bigint;
  gone bigint;
  kept bigint;
  lowest bigint;
BEGIN
  PERFORM cordon.lock_keeping(p."log") FROM public."AuditPruning" p WHERE p."id" = pruning_id;
  SELECT * INTO job FROM public."AuditPruning" p WHERE p."id" = pruning_id AND p."state" = 'approved' FOR UPDATE;
  IF job."id" IS NULL THEN PERFORM cordon.refuse('pruning.not_approved'); END IF;
  until := least(job."next" + least(places, 8192), job."upTo");

  -- What is not what the log holds stays, so that no pruning hides a change.
  WITH past AS MATERIALIZED (
    SELECT p.* FROM cordon.past_period(job."log", job."classes", job."beforeAt", job."next", until) p
    JOIN public."LogTile" t ON t."log" = job."log" AND t."level" = 0 AND t."n" = p."index" / 256
    WHERE sha256('\x00'::bytea || p.entry) = substr(t."hashes", (p."index" % 256)::int * 32 + 1, 32)),
  marked AS (INSERT INTO public."LogPruned" ("log", "index", "entry", "pruningId")
    SELECT job."log", p."index", p.entry, job."id" FROM past p WHERE NOT p.held)
  SELECT count(*) FILTER (WHERE NOT p.held), count(*) FILTER (WHERE p.held) INTO gone, kept FROM past p;

  DELETE FROM public."AuditValue" v USING public."LogPruned" p
    JOIN public."LogLeaf" l ON l."log" = p."log" AND l."index" = p."index"
  WHERE p."log" = job."log" AND p."index" >= job."next" AND p."index" < until AND p."pruningId" = job."id"
    AND v."eventId" = l."eventId" AND v."organisationId" IS NOT DISTINCT FROM nullif(job."log", 'provider');
  DELETE FROM public."AuditEvent" e USING public."LogPruned" p
    JOIN public."LogLeaf" l ON l."log" = p."log" AND l."index" = p."index"
  WHERE p."log" = job."log" AND p."index" >= job."next" AND p."index" < until AND p."pruningId" = job."id"
    AND e."xid" = l."xid" AND e."id" = l."eventId";

  UPDATE public."AuditPruning" p SET "next" = until, "pruned" = p."pruned" + gone, "held" = p."held" + kept,
    "state" = CASE WHEN until >= p."upTo" THEN 'done' ELSE 'approved' END, "finishedAt" = CASE WHEN until >= p."upTo" THEN clock_timestamp() END
  WHERE p."id" = job."id";

  -- The first place that is not pruned; and whole bundles before it need no entries any more.
  SELECT coalesce((SELECT l."index" FROM public."LogLeaf" l WHERE l."log" = g."name" AND l."index" >= g."minimum"
      AND NOT EXISTS (SELECT 1 FROM public."LogPruned" p WHERE p."log" = l."log" AND p."index" = l."index")
    ORDER BY l."index" LIMIT 1), g."size") INTO lowest FROM public."Log" g WHERE g."name" = job."log";
  UPDATE public."Log" g SET "minimum" = lowest WHERE g."name" = job."log" AND g."minimum" < lowest;
  DELETE FROM public."LogPruned" p WHERE p."log" = job."log" AND p."index" < lowest / 256 * 256;

  RETURN QUERY SELECT p."log", p."classes", p."beforeAt"::timestamptz, p."pruned", p."held", p."upTo", g."minimum", p."state" = 'done'
    FROM public."AuditPruning" p JOIN public."Log" g ON g."name" = p."log" WHERE p."id" = job."id";
END $$;

-- The one way out: an event or value of a place that an approved pruning has just marked.
CREATE FUNCTION cordon.refuse_unless_pruned() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  event_id uuid := CASE TG_TABLE_NAME WHEN 'AuditEvent' THEN to_jsonb(OLD) ->> 'id' ELSE to_jsonb(OLD) ->> 'eventId' END;
BEGIN
  IF current_user = 'cordon_definer' AND EXISTS (
    SELECT 1 FROM public."LogLeaf" l
    JOIN public."LogPruned" p ON p."log" = l."log" AND p."index" = l."index"
    JOIN public."AuditPruning" a ON a."id" = p."pruningId" AND a."state" = 'approved' AND a."log" = p."log"
    WHERE l."eventId" = event_id AND l."log" = coalesce(OLD."organisationId", 'provider')) THEN RETURN OLD; END IF;
  PERFORM cordon.refuse('audit.append_only');
END $$;

-- ---- Erasure

-- Overwrites values sealed under destroyed keys; at most so many. Answers how many it did.
CREATE FUNCTION cordon.unlink_values(log text, subject text, keys text[], at_most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n bigint;
BEGIN
  WITH found AS (
    SELECT v.ctid AS place, CASE WHEN substr(v."sealed", 1, 8) = '\x0000000000000000'::bytea THEN substr(uuid_send(gen_random_uuid()), 9, 8)
      ELSE substr(v."sealed", 1, 8) END AS key_id
    FROM public."AuditValue" v WHERE v."subject" = unlink_values.subject AND v."subject" <> ''
      AND v."organisationId" IS NOT DISTINCT FROM nullif(unlink_values.log, 'provider') AND encode(substr(v."sealed", 1, 8), 'hex') = ANY (keys)
    LIMIT at_most FOR UPDATE)
  UPDATE public."AuditValue" v SET "subject" = 'gone_' || encode(s.key_id, 'hex'), "sealed" = s.key_id || '\x00'::bytea FROM found s WHERE v.ctid = s.place;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;

-- How many events of the caller's log hold values of a person, and which holds keep them.
CREATE FUNCTION cordon.erasure_outlook(subject text) RETURNS TABLE (events bigint, holds text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(false);
BEGIN
  RETURN QUERY SELECT
    (SELECT count(*) FROM public."AuditValue" v
      WHERE v."subject" = erasure_outlook.subject AND v."subject" <> '' AND v."organisationId" IS NOT DISTINCT FROM nullif(of_log, 'provider')),
    ARRAY(SELECT h."id" FROM public."AuditHold" h WHERE h."log" = of_log AND h."releasedAt" IS NULL AND (h."kind" = 'log'
      OR h."kind" = 'person' AND h."target" = erasure_outlook.subject
      OR EXISTS (SELECT 1 FROM public."AuditValue" v JOIN public."AuditEvent" e ON e."id" = v."eventId"
        WHERE v."subject" = erasure_outlook.subject AND v."subject" <> '' AND v."organisationId" IS NOT DISTINCT FROM nullif(of_log, 'provider')
          AND cordon.is_held(h, e))) ORDER BY h."setAt");
END $$;

-- The database's part of an erasure. The caller has the keyring destroy the keys with the ticket and commits after that: a crash in between leaves
-- rows that nothing opens, and the next try finds them. More rows than this takes, and those of processes that still hold a key, cordon.settle_erasures takes.
CREATE FUNCTION cordon.begin_erasure(secret text, erasure_id text, subject text, terms text) RETURNS TABLE (events bigint, key_ids text[], ticket text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_log text := cordon.decides_for(false);
  outlook record;
BEGIN
  IF subject !~ '^usr_[0-9A-Za-z]{1,59}$' THEN PERFORM cordon.refuse('erasure.subject'); END IF;
  PERFORM cordon.lock_keeping(of_log);
  SELECT * INTO outlook FROM cordon.erasure_outlook(subject);
  IF cardinality(outlook.holds) > 0 THEN PERFORM cordon.refuse('erasure.held'); END IF;
  IF outlook.events = 0 THEN PERFORM cordon.refuse('erasure.not_found'); END IF;
  events := outlook.events;
  key_ids := ARRAY(SELECT DISTINCT encode(substr(v."sealed", 1, 8), 'hex') FROM public."AuditValue" v
    WHERE v."subject" = begin_erasure.subject AND v."organisationId" IS NOT DISTINCT FROM nullif(of_log, 'provider'));
  ticket := cordon.use_keeping_step_up(secret, 'audit.erase', of_log || '/' || subject, terms);
  INSERT INTO public."AuditErasure" ("id", "log", "subject", "person", "keys", "events", "erasedById")
  VALUES (erasure_id, of_log, subject, cordon.pseudonym(of_log, subject), key_ids, events, cordon.current_actor());
  PERFORM cordon.unlink_values(of_log, subject, key_ids, 100000);
  -- Files that may hold the values end; what is being written begins anew, without them.
  UPDATE public."AuditExport" x SET "state" = CASE x."state" WHEN 'ready' THEN 'expired' ELSE 'queued' END, "tries" = least(x."tries", 5)
  WHERE x."organisationId" IS NOT DISTINCT FROM nullif(of_log, 'provider') AND x."state" IN ('ready', 'running');
  RETURN NEXT;
END $$;

-- Keys that the keyring destroyed beside those of stored rows: something may be on its way under them.
CREATE FUNCTION cordon.note_destroyed_keys(erasure_id text, keys text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."AuditErasure" e SET "keys" = ARRAY(SELECT unnest(e."keys") UNION SELECT unnest(note_destroyed_keys.keys[1:64]))
  WHERE e."id" = erasure_id AND e."log" = cordon.decides_for(false) AND e."erasedAt" > clock_timestamp() - interval '1 minute'
$$;

-- Values of destroyed keys that were on their way, or were too many. Once nobody can hold a key any more, the person's id goes too.
CREATE FUNCTION cordon.settle_erasures(at_most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  erasure public."AuditErasure";
  n bigint;
  total bigint := 0;
BEGIN
  FOR erasure IN SELECT * FROM public."AuditErasure" e WHERE e."subject" IS NOT NULL ORDER BY e."erasedAt" LIMIT 100 FOR UPDATE SKIP LOCKED LOOP
    n := cordon.unlink_values(erasure."log", erasure."subject", erasure."keys", at_most - total::int);
    total := total + n;
    EXIT WHEN total >= at_most;
    IF erasure."erasedAt" < clock_timestamp() - interval '3 minutes' THEN
      UPDATE public."AuditErasure" e SET "subject" = NULL WHERE e."id" = erasure."id";
    END IF;
  END LOOP;
  RETURN total;
END $$;

-- ---- Exports

-- What is not being worked on is over; only whoever lost the right is refused for good.
CREATE OR REPLACE FUNCTION cordon.open_export(export_id text) RETURNS public."AuditExport"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport";
BEGIN
  SELECT * INTO job FROM public."AuditExport" x WHERE x."id" = export_id AND x."state" = 'running';
  IF job."id" IS NULL THEN PERFORM cordon.refuse('export.over'); END IF;
  IF NOT cordon.export_allowed(job."organisationId", job."requestedById") THEN PERFORM cordon.refuse('export.closed'); END IF;
  RETURN job;
END $$;

-- Places of the job's range at which an event was pruned.
CREATE FUNCTION cordon.export_pruned(export_id text, first bigint, width int) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  RETURN QUERY SELECT p."index" FROM public."LogPruned" p WHERE p."log" = coalesce(job."organisationId", 'provider')
      AND p."index" >= greatest(first, job."rangeFrom") AND p."index" < least(first + least(width, 1024), job."rangeTo")
    UNION SELECT i FROM public."Log" g, generate_series(greatest(first, job."rangeFrom"), least(first + least(width, 1024), job."rangeTo", g."minimum") - 1) i
     WHERE g."name" = coalesce(job."organisationId", 'provider');
END $$;

-- From which place on nothing of the range is pruned; its end when there is none.
CREATE FUNCTION cordon.export_whole_from(export_id text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  RETURN (SELECT least(greatest(g."minimum", 1 + coalesce((SELECT max(p."index") FROM public."LogPruned" p
    WHERE p."log" = g."name" AND p."index" < job."rangeTo"), -1)), job."rangeTo") FROM public."Log" g WHERE g."name" = coalesce(job."organisationId", 'provider'));
END $$;

-- The same of an active stream, up to 100 places: what went as was agreed is no gap.
CREATE FUNCTION cordon.stream_pruned(stream_id text, first bigint, width int) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i FROM public."AuditStream" s
  JOIN public."Log" g ON g."name" = coalesce(s."organisationId", 'provider')
  CROSS JOIN generate_series(greatest(first, 0), least(first + least(width, 100), g."size") - 1) i
  WHERE s."id" = stream_id AND s."state" = 'active' AND (i < g."minimum"
    OR EXISTS (SELECT 1 FROM public."LogPruned" p WHERE p."log" = g."name" AND p."index" = i))
$$;

-- ---- Logs whose organisation is no more

CREATE FUNCTION cordon.is_orphan(log text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT log LIKE 'org\_%' AND NOT EXISTS (SELECT 1 FROM public."Organisation" o WHERE o."id" = log)
$$;

GRANT EXECUTE ON FUNCTION cordon.refuse_unless_pruned() TO cordon_owner;
GRANT EXECUTE ON FUNCTION cordon.audit_class(text), cordon.set_retention(text, text, int, text), cordon.keeping_state(),
  cordon.set_hold(text, text, text, text, timestamptz, timestamptz, text), cordon.release_hold(text, text, text),
  cordon.propose_pruning(text, text, text[], timestamptz, bigint, text), cordon.approve_pruning(text, text, text), cordon.withdraw_pruning(text, text),
  cordon.erasure_outlook(text), cordon.begin_erasure(text, text, text, text), cordon.note_destroyed_keys(text, text[]), cordon.is_orphan(text) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.due_pruning(), cordon.prune_batch(text, int), cordon.settle_erasures(int) TO cordon_control;
GRANT EXECUTE ON FUNCTION cordon.export_pruned(text, bigint, int), cordon.export_whole_from(text) TO cordon_exporter;
GRANT EXECUTE ON FUNCTION cordon.stream_pruned(text, bigint, int) TO cordon_streamer;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

DROP TRIGGER append_only ON "AuditEvent";
CREATE TRIGGER append_only BEFORE UPDATE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_unless_pruned();
DROP TRIGGER append_only_delete ON "AuditValue";
CREATE TRIGGER append_only_delete BEFORE DELETE ON "AuditValue" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_unless_pruned();
-- A value may be erased: its place then names the key it was sealed under, and nothing is left of it. What was never sealed gets a name of no key.
DROP TRIGGER unlink_only ON "AuditValue";
CREATE TRIGGER erase_only BEFORE UPDATE ON "AuditValue" FOR EACH ROW
  WHEN (NEW."eventId" <> OLD."eventId" OR NEW."organisationId" IS DISTINCT FROM OLD."organisationId" OR OLD."subject" = '' OR octet_length(NEW."sealed") <> 9
    OR substr(NEW."sealed", 9) <> '\x00'::bytea OR NEW."subject" <> 'gone_' || encode(substr(NEW."sealed", 1, 8), 'hex')
    OR substr(OLD."sealed", 1, 8) NOT IN (substr(NEW."sealed", 1, 8), '\x0000000000000000'::bytea))
  EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "LogPruned" FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only BEFORE UPDATE ON "LogPruned" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
DROP TRIGGER grow_only ON "Log";
CREATE TRIGGER grow_only BEFORE UPDATE ON "Log" FOR EACH ROW
  WHEN (NEW."name" <> OLD."name" OR NEW."size" < OLD."size" OR NEW."signed" < OLD."signed" OR NEW."minimum" < OLD."minimum")
  EXECUTE FUNCTION cordon.refuse_audit_change();

-- The provider keeps the log of an organisation that is no more, and shows it to those who read its own. Whose values are in it stays closed.
ALTER POLICY see ON "AuditEvent" USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
      AND CASE WHEN "organisationId" IS NULL THEN true ELSE cordon.is_orphan("organisationId") END
    ELSE "organisationId" = (SELECT cordon.current_organisation())
      AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())) END);
ALTER POLICY see ON "Log" USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
      AND CASE WHEN "name" IN ('provider', 'operator') THEN true ELSE cordon.is_orphan("name") END
    ELSE "name" = (SELECT cordon.current_organisation()) AND "name" NOT IN ('provider', 'operator') AND (SELECT cordon.current_project()) IS NULL END);
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['LogLeaf', 'LogTile', 'LogCheckpoint'] LOOP
    EXECUTE format($policy$ALTER POLICY see ON %I USING (
      CASE (SELECT cordon.current_kind())
        WHEN 'staff' THEN (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
          AND CASE WHEN "log" IN ('provider', 'operator') THEN true ELSE cordon.is_orphan("log") END
        ELSE "log" = (SELECT cordon.current_organisation()) AND "log" NOT IN ('provider', 'operator') AND (SELECT cordon.current_project()) IS NULL
      END)$policy$, t);
  END LOOP;
END $$;
-- Whoever reads a log sees what of it is pruned.
ALTER POLICY see ON "LogPruned" USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
      AND CASE WHEN "log" = 'provider' THEN true ELSE cordon.is_orphan("log") END
    ELSE "log" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_project()) IS NULL END);
