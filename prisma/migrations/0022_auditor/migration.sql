-- Auditors come from outside and for a while: their access ends by itself, and may be bounded to some projects and to a time of events. It is
-- the database that ends and bounds it. What shows no content stays: the tiles and checkpoints of the log are hashes.

ALTER TABLE "Membership" ADD COLUMN "accessUntil" TIMESTAMPTZ(3), ADD COLUMN "scopeProjects" TEXT[], ADD COLUMN "scopeFrom" TIMESTAMPTZ(3),
  ADD COLUMN "scopeBefore" TIMESTAMPTZ(3);
ALTER TABLE "Invitation" ADD COLUMN "accessUntil" TIMESTAMPTZ(3), ADD COLUMN "scopeProjects" TEXT[], ADD COLUMN "scopeFrom" TIMESTAMPTZ(3),
  ADD COLUMN "scopeBefore" TIMESTAMPTZ(3);

-- Auditors of before: the term that an invitation has when nobody chooses one.
ALTER TABLE "Membership" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Invitation" NO FORCE ROW LEVEL SECURITY;
UPDATE "Membership" SET "accessUntil" = clock_timestamp() + interval '30 days' WHERE "role" = 'auditor';
UPDATE "Invitation" SET "accessUntil" = clock_timestamp() + interval '30 days' WHERE "memberRole" = 'auditor';
ALTER TABLE "Membership" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Invitation" FORCE ROW LEVEL SECURITY;

-- Null projects: all of them, also later ones. No project at all would be no access.
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_auditor" CHECK (CASE WHEN "role" = 'auditor'
  THEN "accessUntil" IS NOT NULL AND coalesce(cardinality("scopeProjects"), 1) BETWEEN 1 AND 100 AND coalesce("scopeFrom" < "scopeBefore", true)
  ELSE num_nonnulls("accessUntil", "scopeProjects", "scopeFrom", "scopeBefore") = 0 END);
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_auditor" CHECK (CASE WHEN coalesce("memberRole" = 'auditor', false)
  THEN "accessUntil" IS NOT NULL AND coalesce(cardinality("scopeProjects"), 1) BETWEEN 1 AND 100 AND coalesce("scopeFrom" < "scopeBefore", true)
  ELSE num_nonnulls("accessUntil", "scopeProjects", "scopeFrom", "scopeBefore") = 0 END);

GRANT UPDATE ("accessUntil", "scopeProjects", "scopeFrom", "scopeBefore") ON "Membership" TO cordon_console;
GRANT SELECT ("accessUntil", "scopeProjects", "scopeFrom", "scopeBefore"), INSERT ("accessUntil", "scopeProjects", "scopeFrom", "scopeBefore")
  ON "Invitation" TO cordon_console;

-- What people look for again and again in a log: a filter under a name, one's own or the organisation's.
CREATE TABLE "AuditView" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditView_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditView_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AuditView_id" CHECK ("id" ~ '^viw_[0-9a-f]{32}$'),
    CONSTRAINT "AuditView_name" CHECK (length("name") BETWEEN 1 AND 80),
    CONSTRAINT "AuditView_filter" CHECK (jsonb_typeof("filter") = 'object' AND length("filter"::text) <= 4096)
);
CREATE INDEX "AuditView_organisationId_idx" ON "AuditView"("organisationId");
ALTER TABLE "AuditView" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AuditView" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "AuditView" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON "AuditView" TO cordon_console;
GRANT INSERT ("id", "organisationId", "ownerId", "name", "filter", "shared") ON "AuditView" TO cordon_console;
-- For those who read the log. Whoever manages members may take a shared one away.
CREATE POLICY see ON "AuditView" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor') AND ("shared" OR "ownerId" = (SELECT cordon.current_actor())));
CREATE POLICY make ON "AuditView" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor') AND "ownerId" = (SELECT cordon.current_actor()));
CREATE POLICY remove ON "AuditView" FOR DELETE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND ("ownerId" = (SELECT cordon.current_actor()) OR ("shared" AND (SELECT cordon.administers('member')))));

-- Samples drawn from a log: the population, the seed and what came of them (lib/kernel/sample).
CREATE TABLE "AuditSample" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    -- Places [from, to) at the checkpoint over the first `size` entries.
    "rangeFrom" BIGINT NOT NULL,
    "rangeTo" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "population" INTEGER NOT NULL,
    "seed" TEXT NOT NULL,
    "seedGiven" BOOLEAN NOT NULL,
    "wanted" INTEGER NOT NULL,
    -- What was drawn, ascending.
    "places" BIGINT[] NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AuditSample_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AuditSample_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AuditSample_id" CHECK ("id" ~ '^smp_[0-9a-f]{32}$'),
    CONSTRAINT "AuditSample_filter" CHECK (jsonb_typeof("filter") = 'object' AND length("filter"::text) <= 65536),
    CONSTRAINT "AuditSample_range" CHECK (0 <= "rangeFrom" AND "rangeFrom" < "rangeTo" AND "rangeTo" <= "size"),
    CONSTRAINT "AuditSample_seed" CHECK (length("seed") BETWEEN 1 AND 128),
    CONSTRAINT "AuditSample_places" CHECK ("wanted" BETWEEN 1 AND 500 AND cardinality("places") = least("wanted", "population"))
);
CREATE INDEX "AuditSample_organisationId_createdAt_idx" ON "AuditSample"("organisationId", "createdAt" DESC);
ALTER TABLE "AuditSample" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AuditSample" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "AuditSample" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT ON "AuditSample" TO cordon_definer, cordon_console;
GRANT INSERT ("id", "organisationId", "ownerId", "filter", "rangeFrom", "rangeTo", "size", "population", "seed", "seedGiven", "wanted", "places")
  ON "AuditSample" TO cordon_console;
CREATE POLICY see ON "AuditSample" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor'));
CREATE POLICY make ON "AuditSample" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
  AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor') AND "ownerId" = (SELECT cordon.current_actor()));
-- An export of a sample: readable formats hold what was drawn, a pack the population it was drawn from.
ALTER TABLE "AuditExport" ADD COLUMN "sampleId" TEXT,
  ADD CONSTRAINT "AuditExport_sampleId_fkey" FOREIGN KEY ("sampleId") REFERENCES "AuditSample"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
GRANT INSERT ("sampleId") ON "AuditExport" TO cordon_console;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- ---- the terms of an auditor

-- Every way to become or to stay an auditor comes by here: 30 days when nobody says, a year at most, projects of the organisation only. Nobody
-- else has a scope.
CREATE FUNCTION cordon.bound_auditor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  role text := coalesce(to_jsonb(NEW) ->> 'role', to_jsonb(NEW) ->> 'memberRole');
BEGIN
  IF role IS DISTINCT FROM 'auditor' THEN
    NEW."accessUntil" := NULL;
    NEW."scopeProjects" := NULL;
    NEW."scopeFrom" := NULL;
    NEW."scopeBefore" := NULL;
    RETURN NEW;
  END IF;
  NEW."accessUntil" := coalesce(NEW."accessUntil", clock_timestamp() + interval '30 days');
  IF NEW."accessUntil" > clock_timestamp() + interval '366 days' THEN PERFORM cordon.refuse('auditor.term'); END IF;
  IF EXISTS (SELECT 1 FROM unnest(NEW."scopeProjects") AS s(id)
    WHERE NOT EXISTS (SELECT 1 FROM public."Project" p WHERE p."id" = s.id AND p."organisationId" = NEW."organisationId")) THEN
    PERFORM cordon.refuse('auditor.projects');
  END IF;
  RETURN NEW;
END $$;

-- The membership by which somebody audits an organisation; null for whoever is no auditor there. One that has ended covers nothing.
CREATE FUNCTION cordon.audit_terms(organisation_id text, user_id text) RETURNS public."Membership"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  m public."Membership";
BEGIN
  SELECT * INTO m FROM public."Membership" t
  WHERE t."userId" = user_id AND t."organisationId" = organisation_id AND t."role" = 'auditor';
  IF m."accessUntil" <= clock_timestamp() THEN
    m."userId" := NULL;
    m."scopeProjects" := '{}';
    m."scopeFrom" := 'infinity';
  END IF;
  RETURN m;
END $$;

-- Of the auditor who is entered; null for everybody else. Read at every query: it ends in the middle of a transaction as well.
CREATE FUNCTION cordon.audit_terms() RETURNS public."Membership"
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  context text[] := cordon.verified_context();
  m public."Membership";
BEGIN
  IF context[1] = 'member' AND context[4] = 'auditor' THEN
    m := cordon.audit_terms(context[2], context[3]);
    IF m."id" IS NULL THEN
      m."id" := '';
      m."scopeProjects" := '{}';
      m."scopeFrom" := 'infinity';
    END IF;
  END IF;
  RETURN m;
END $$;

CREATE FUNCTION cordon.scope_bounded() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT num_nonnulls(m."scopeProjects", m."scopeFrom", m."scopeBefore") > 0 FROM cordon.audit_terms() m
$$;
CREATE FUNCTION cordon.scope_projects() RETURNS text[]
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m."scopeProjects" FROM cordon.audit_terms() m
$$;
CREATE FUNCTION cordon.scope_from() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m."scopeFrom" FROM cordon.audit_terms() m
$$;
CREATE FUNCTION cordon.scope_before() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m."scopeBefore" FROM cordon.audit_terms() m
$$;
-- As the log names a person (lib/audit/leaf.ts).
CREATE FUNCTION cordon.log_pseudonym(organisation_id text, user_id text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'act_' || left(encode(sha256(convert_to(E'cordon/audit/actor/v1\n' || organisation_id || E'\n' || user_id, 'UTF8')), 'hex'), 32)
$$;
CREATE FUNCTION cordon.scope_self() RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cordon.log_pseudonym(m."organisationId", m."userId") FROM cordon.audit_terms() m
$$;

-- The rule. One's own acts always. Of the rest what happened in the time, and of that: events of the projects; of events without a project those
-- about one of them, and those that decide who may act in all of them: members, invitations, the security policy.
CREATE FUNCTION cordon.scope_covers(projects text[], since timestamptz, before timestamptz, self text, event_at timestamptz, event_actor text,
  event_schema text, event_project text, event_object text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(event_actor = self, false) OR (coalesce(event_at >= since, true) AND coalesce(event_at < before, true) AND (projects IS NULL
  OR coalesce(event_project = ANY (projects), false)
  OR (event_project IS NULL AND (event_object = ANY (projects) OR event_schema ~ '^(member|invitation|access-policy)[.@]'))))
$$;

-- Whether every event of the organisation with this id is in the scope: ids are the writer's to choose, and a second event must not open the first.
CREATE FUNCTION cordon.scope_shows(event_id uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(bool_and(cordon.scope_covers(m."scopeProjects", m."scopeFrom", m."scopeBefore", cordon.log_pseudonym(m."organisationId", m."userId"),
    e."at", e."actor", e."schema", e."projectId", e."objectId")), false)
  FROM cordon.audit_terms() m JOIN public."AuditEvent" e ON e."id" = event_id AND e."organisationId" = m."organisationId"
$$;

-- For pages: what the auditor who is entered may see, and until when. No row for others.
CREATE FUNCTION cordon.audit_scope() RETURNS TABLE (until timestamptz, projects text[], since timestamptz, before timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m."accessUntil"::timestamptz, m."scopeProjects", m."scopeFrom"::timestamptz, m."scopeBefore"::timestamptz
  FROM cordon.audit_terms() m WHERE m."userId" IS NOT NULL
$$;

-- ---- getting in

-- As in 0011, and an auditor whose time is over is nobody here.
CREATE OR REPLACE FUNCTION cordon.enter_organisation(secret text, organisation_id text) RETURNS TABLE (user_id text, session_id text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  standing text;
  refusal text;
BEGIN
  SELECT m."role"::text INTO standing FROM public."Membership" m WHERE m."userId" = s."userId" AND m."organisationId" = enter_organisation.organisation_id
    AND coalesce(m."accessUntil" > clock_timestamp(), true);
  IF standing IS NULL OR s."realm" <> 'customer' THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  refusal := cordon.policy_refusal(s, cordon.access_policy_of(organisation_id));
  IF refusal IS NOT NULL THEN PERFORM cordon.refuse(refusal); END IF;
  PERFORM cordon.set_context('member', organisation_id, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

-- As in 0012, and open pages of an auditor whose time is over are over.
CREATE OR REPLACE FUNCTION cordon.watch(secrets text[]) RETURNS TABLE (n int, state text, user_id text, realm text, organisations text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.n::int,
    CASE
      WHEN u."status" <> 'active' THEN 'disabled'
      WHEN s."successorId" IS NOT NULL THEN 'succeeded'
      WHEN s."revokedAt" IS NOT NULL THEN 'ended'
      WHEN s."expiresAt" <= clock_timestamp() OR staff.refusal = 'policy.session_expired' THEN 'expired'
      WHEN live."id" IS NULL OR staff.refusal = 'policy.session_idle' THEN 'idle'
      ELSE 'live' END,
    u."id", u."realm"::text,
    ARRAY (SELECT m."organisationId" FROM public."Membership" m WHERE m."userId" = live."userId"
      AND coalesce(m."accessUntil" > clock_timestamp(), true)
      AND cordon.policy_refusal(s, cordon.access_policy_of(m."organisationId")) IS NULL ORDER BY 1)
  FROM unnest(secrets[1:500]) WITH ORDINALITY AS w(secret, n)
  JOIN public."Session" s ON s."secretHash" = cordon.hash(w.secret) AND s."aal" = 2
  JOIN public."User" u ON u."id" = s."userId"
  LEFT JOIN LATERAL (SELECT l."id", l."userId" FROM cordon.live_session(w.secret) l) live ON true
  LEFT JOIN LATERAL (SELECT cordon.policy_refusal(s, cordon.access_policy_of(NULL)) AS refusal) staff ON s."realm" = 'staff'
$$;

-- As in 0005 and 0010, with the scope of the invitation.
CREATE OR REPLACE FUNCTION cordon.accept_invitation(link_secret text, user_id text, name text, password_hash text, membership_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public."Invitation" := cordon.take_invitation(link_secret);
BEGIN
  INSERT INTO public."User" ("id", "realm", "email", "name", "passwordHash", "staffRole")
  VALUES (user_id, i."realm", i."email", accept_invitation.name, password_hash, i."staffRole") ON CONFLICT ("realm", "email") DO NOTHING;
  IF NOT FOUND THEN PERFORM cordon.refuse('invitation.account_exists'); END IF;
  IF i."organisationId" IS NOT NULL THEN
    INSERT INTO public."Membership" ("id", "organisationId", "userId", "role", "accessUntil", "scopeProjects", "scopeFrom", "scopeBefore")
    VALUES (membership_id, i."organisationId", user_id, i."memberRole", i."accessUntil", i."scopeProjects", i."scopeFrom", i."scopeBefore");
  END IF;
  PERFORM cordon.set_context('person', NULL, user_id, i."realm"::text, NULL, NULL);
END $$;

CREATE OR REPLACE FUNCTION cordon.accept_invitation_signed_in(link_secret text, session_secret text, membership_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(session_secret);
  i public."Invitation" := cordon.take_invitation(link_secret);
BEGIN
  IF i."organisationId" IS NULL OR i."realm" <> s."realm"
    OR NOT EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = s."userId" AND u."email" = i."email") THEN
    PERFORM cordon.refuse('invitation.invalid');
  END IF;
  INSERT INTO public."Membership" ("id", "organisationId", "userId", "role", "accessUntil", "scopeProjects", "scopeFrom", "scopeBefore")
  VALUES (membership_id, i."organisationId", s."userId", i."memberRole", i."accessUntil", i."scopeProjects", i."scopeFrom", i."scopeBefore")
  ON CONFLICT ("organisationId", "userId") DO NOTHING;
  PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
END $$;

-- ---- notices

-- As in 0012, with what auditors are told of their terms.
CREATE OR REPLACE FUNCTION cordon.notify(notice_id text, user_id text, kind text, fields jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  context text[] := cordon.verified_context();
BEGIN
  IF context[1] IN ('person', 'member', 'staff') AND context[3] = notify.user_id THEN
    PERFORM cordon.insert_notice(notice_id, user_id, nullif(context[5], ''), kind, fields);
  ELSIF (cordon.administers('member') AND kind IN ('member.removed', 'member.role', 'sessions.ended', 'password.reset', 'auditor.terms')
      AND EXISTS (SELECT 1 FROM public."Membership" m WHERE m."userId" = notify.user_id AND m."organisationId" = context[2]))
    OR (context[1] = 'staff' AND context[4] IN ('administrator', 'security')
      AND kind IN ('employee.changed', 'sessions.ended', 'password.reset', 'passkey.endorsed', 'passkey.turned-down')
      AND EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = notify.user_id AND u."realm" = 'staff')) THEN
    PERFORM cordon.insert_notice(notice_id, user_id, NULL, kind, fields);
  ELSE
    PERFORM cordon.refuse('context.required');
  END IF;
END $$;

-- Three days before their access ends, once for each end.
CREATE FUNCTION cordon.tell_ending_auditors() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ending record;
BEGIN
  FOR ending IN
    SELECT m."userId", m."accessUntil", o."name",
      'ntc_' || left(encode(sha256(convert_to('ending ' || m."id" || ' ' || m."accessUntil", 'UTF8')), 'hex'), 32) AS notice_id
    FROM public."Membership" m JOIN public."Organisation" o ON o."id" = m."organisationId"
    WHERE m."accessUntil" > clock_timestamp() AND m."accessUntil" < clock_timestamp() + interval '3 days' LIMIT 100
  LOOP
    IF NOT EXISTS (SELECT 1 FROM public."Notice" n WHERE n."id" = ending.notice_id) THEN
      PERFORM cordon.insert_notice(ending.notice_id, ending."userId", NULL, 'auditor.ending',
        jsonb_build_object('organisation', ending."name", 'until', to_char(ending."accessUntil" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
    END IF;
  END LOOP;
END $$;

-- ---- exports: the filter says no more than the scope, and the worker sees no more than whoever asked

CREATE FUNCTION cordon.export_in_scope(organisation_id text, user_id text, format text, filter jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  m public."Membership" := cordon.audit_terms(organisation_id, user_id);
BEGIN
  IF m."id" IS NULL OR num_nonnulls(m."scopeProjects", m."scopeFrom", m."scopeBefore") = 0 THEN RETURN true; END IF;
  IF m."userId" IS NULL THEN RETURN false; END IF;
  RETURN coalesce((m."scopeFrom" IS NULL OR (filter #>> '{at,from}')::timestamptz >= m."scopeFrom")
    AND (m."scopeBefore" IS NULL OR (filter #>> '{at,to}')::timestamptz <= m."scopeBefore")
    AND (m."scopeProjects" IS NULL OR CASE WHEN filter -> 'projectId' = '[null]'
      THEN jsonb_typeof(filter -> 'schema') = 'array' AND filter -> 'schema' <> '[]' AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements_text(filter -> 'schema') s(name)
        WHERE s.name !~ '^(member|invitation|access-policy)[.@]')
      ELSE jsonb_typeof(filter -> 'projectId') = 'array' AND filter -> 'projectId' <> '[]' AND to_jsonb(m."scopeProjects") @> (filter -> 'projectId') END)
    -- A pack shows of every other event why it is not in it: to these readers the project and the time, and nothing else.
    AND (format <> 'pack' OR (filter -> 'projectId' IS DISTINCT FROM '[null]' AND filter - ARRAY['projectId', 'at'] = '{}')), false);
END $$;

CREATE OR REPLACE FUNCTION cordon.export_allowed(organisation_id text, user_id text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."User" u
    WHERE u."id" = user_id AND u."status" = 'active' AND CASE WHEN organisation_id IS NULL
      THEN u."realm" = 'staff' AND u."staffRole" IN ('administrator', 'security', 'auditor')
      ELSE EXISTS (SELECT 1 FROM public."Membership" m
        WHERE m."userId" = u."id" AND m."organisationId" = organisation_id AND m."role" IN ('owner', 'administrator', 'auditor')
          AND coalesce(m."accessUntil" > clock_timestamp(), true)) END)
$$;

CREATE OR REPLACE FUNCTION cordon.open_export(export_id text) RETURNS public."AuditExport"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport";
BEGIN
  SELECT * INTO job FROM public."AuditExport" x WHERE x."id" = export_id AND x."state" = 'running';
  IF job."id" IS NULL THEN PERFORM cordon.refuse('export.over'); END IF;
  IF NOT cordon.export_allowed(job."organisationId", job."requestedById")
    OR NOT cordon.export_in_scope(job."organisationId", job."requestedById", job."format", job."filter") THEN
    PERFORM cordon.refuse('export.closed');
  END IF;
  RETURN job;
END $$;

-- The places that a job is for; null when it is for no sample, or a pack.
CREATE FUNCTION cordon.export_sample(export_id text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
BEGIN
  RETURN (SELECT s."places" FROM public."AuditSample" s
    WHERE s."id" = job."sampleId" AND s."organisationId" = job."organisationId" AND job."format" <> 'pack');
END $$;

-- Places of the job's range whose events whoever asked may not see: they are in no file, and in a pack they are stubs.
CREATE FUNCTION cordon.export_hidden(export_id text, first bigint, width int) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
  m public."Membership" := cordon.audit_terms(job."organisationId", job."requestedById");
  self text := cordon.log_pseudonym(m."organisationId", m."userId");
BEGIN
  IF m."id" IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT l."index" FROM public."LogLeaf" l
    LEFT JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" = job."organisationId"
   WHERE l."log" = job."organisationId"
     AND l."index" >= greatest(first, job."rangeFrom") AND l."index" < least(first + least(width, 1024), job."rangeTo")
     AND NOT cordon.scope_covers(m."scopeProjects", m."scopeFrom", m."scopeBefore", self, e."at", e."actor", e."schema", e."projectId", e."objectId");
END $$;

-- As in 0018. Of events that whoever asked may not see no value; and no header either but for the stubs of a pack, which the worker makes of it.
CREATE OR REPLACE FUNCTION cordon.export_rows(export_id text, first bigint, width int, with_values boolean) RETURNS TABLE ("index" bigint, id uuid,
  at timestamptz, header bytea, commitments jsonb, seed bytea, entry bytea, sealed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
  hidden bigint[] := ARRAY (SELECT * FROM cordon.export_hidden(export_id, first, width));
BEGIN
  RETURN QUERY SELECT l."index", e."id", e."at"::timestamptz, e."header", e."commitments", e."seed", e."entry",
    CASE WHEN with_values AND l."index" <> ALL (hidden) THEN (
      SELECT jsonb_agg(encode(v."sealed", 'base64')) FROM public."AuditValue" v
      WHERE v."eventId" = e."id" AND v."organisationId" IS NOT DISTINCT FROM job."organisationId"
        AND CASE WHEN job."organisationId" IS NOT NULL THEN true
          ELSE v."subject" = '' OR v."subject" LIKE 'gone\_%'
            OR EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = v."subject" AND u."realm" = 'staff') END) END
    FROM public."LogLeaf" l
    LEFT JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" IS NOT DISTINCT FROM job."organisationId"
   WHERE l."log" = coalesce(job."organisationId", 'provider')
     AND l."index" >= greatest(first, job."rangeFrom") AND l."index" < least(first + least(width, 1024), job."rangeTo")
     AND (job."format" = 'pack' OR l."index" <> ALL (hidden))
   ORDER BY l."index";
END $$;

GRANT EXECUTE ON FUNCTION cordon.bound_auditor() TO cordon_owner;
GRANT EXECUTE ON FUNCTION cordon.scope_bounded(), cordon.scope_projects(), cordon.scope_from(), cordon.scope_before(), cordon.scope_self(),
  cordon.scope_shows(uuid), cordon.audit_scope(),
  cordon.export_in_scope(text, text, text, jsonb) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.tell_ending_auditors() TO cordon_mailer;
GRANT EXECUTE ON FUNCTION cordon.export_hidden(text, bigint, int), cordon.export_sample(text) TO cordon_exporter;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER bound_auditor BEFORE INSERT OR UPDATE ON "Membership" FOR EACH ROW EXECUTE FUNCTION cordon.bound_auditor();
CREATE TRIGGER bound_auditor BEFORE INSERT ON "Invitation" FOR EACH ROW EXECUTE FUNCTION cordon.bound_auditor();
CREATE TRIGGER tell_pages_of_terms AFTER UPDATE ON "Membership" FOR EACH ROW
  WHEN (NEW."accessUntil" IS DISTINCT FROM OLD."accessUntil") EXECUTE FUNCTION cordon.tell_pages();

-- ---- what a scope leaves to be seen. Restrictive: beside every other policy of the table, whatever that allows.

-- The rule of scope_covers once more: a call for each row of a log would cost a hundred times as much. A test holds the two together.
CREATE POLICY auditor_scope ON "AuditEvent" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN coalesce("actor" = (SELECT cordon.scope_self()), false)
    OR (coalesce("at" >= (SELECT cordon.scope_from()), true) AND coalesce("at" < (SELECT cordon.scope_before()), true)
      AND ((SELECT cordon.scope_projects()) IS NULL OR coalesce("projectId" = ANY ((SELECT cordon.scope_projects())::text[]), false)
        OR ("projectId" IS NULL AND ("objectId" = ANY ((SELECT cordon.scope_projects())::text[])
          OR "schema" ~ '^(member|invitation|access-policy)[.@]'))))
  ELSE true END);
CREATE POLICY auditor_scope ON "AuditValue" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN cordon.scope_shows("eventId") ELSE true END);
-- A place in the log names its event, and with that its time.
CREATE POLICY auditor_scope ON "LogLeaf" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded())
    THEN EXISTS (SELECT 1 FROM "AuditEvent" e WHERE e."xid" = "LogLeaf"."xid" AND e."id" = "LogLeaf"."eventId") ELSE true END);

-- What is kept, held, erased and streamed is of the whole log, and names people and projects.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AuditHold', 'AuditPruning', 'AuditErasure', 'AuditStream'] LOOP
    EXECUTE format('CREATE POLICY auditor_scope ON %I AS RESTRICTIVE FOR SELECT TO cordon_console USING (NOT (SELECT cordon.scope_bounded()))', t);
  END LOOP;
END $$;

CREATE POLICY auditor_scope ON "Project" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_projects()) IS NULL THEN true ELSE "id" = ANY ((SELECT cordon.scope_projects())::text[]) END);
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['Certificate', 'Revocation', 'ApiKey', 'MintedToken'] LOOP
    EXECUTE format($policy$CREATE POLICY auditor_scope ON %I AS RESTRICTIVE FOR SELECT TO cordon_console USING (
      CASE WHEN (SELECT cordon.scope_projects()) IS NULL THEN true
        ELSE "projectId" = ANY ((SELECT cordon.scope_projects())::text[]) END)$policy$, t);
  END LOOP;
END $$;
CREATE POLICY auditor_scope ON "PolicyResource" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_projects()) IS NULL THEN true ELSE "kind" = 'edges' OR "appId" IN (SELECT p."appId" FROM "Project" p) END);
CREATE POLICY auditor_scope ON "Decision" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN ((SELECT cordon.scope_projects()) IS NULL OR "projectId" = ANY ((SELECT cordon.scope_projects())::text[]))
    AND coalesce("at" >= (SELECT cordon.scope_from()), true) AND coalesce("at" < (SELECT cordon.scope_before()), true) ELSE true END);
CREATE POLICY auditor_scope ON "MediaSession" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN ((SELECT cordon.scope_projects()) IS NULL OR "projectId" = ANY ((SELECT cordon.scope_projects())::text[]))
    AND coalesce("endedAt" >= (SELECT cordon.scope_from()), (SELECT cordon.scope_from()) <> 'infinity', true)
    AND coalesce("startedAt" < (SELECT cordon.scope_before()), true) ELSE true END);
-- Files that somebody else asked for may hold more, and so may one's own from before the scope was narrowed.
CREATE POLICY auditor_scope ON "AuditExport" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN "requestedById" = (SELECT cordon.current_actor())
    AND cordon.export_in_scope("organisationId", "requestedById", "format", "filter") ELSE true END);
CREATE POLICY auditor_scope_ask ON "AuditExport" AS RESTRICTIVE FOR INSERT TO cordon_console WITH CHECK (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN cordon.export_in_scope("organisationId", "requestedById", "format", "filter") ELSE true END);
CREATE POLICY auditor_scope ON "AuditSample" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN "ownerId" = (SELECT cordon.current_actor()) ELSE true END);
-- A name or a filter may speak of what lies outside.
CREATE POLICY auditor_scope ON "AuditView" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.scope_bounded()) THEN "ownerId" = (SELECT cordon.current_actor()) ELSE true END);
-- Where one's time is over one does not belong any more. Those who manage members still see it.
CREATE POLICY auditor_scope ON "Membership" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  CASE WHEN (SELECT cordon.current_kind()) = 'person' THEN coalesce("accessUntil" > clock_timestamp(), true) ELSE true END);
