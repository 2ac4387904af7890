-- Settings of an organisation, and of the provider for its own staff, about who gets in: held here, enforced wherever a context is entered.
-- What the document of a policy says is read from the same row. Networks are enforced by the console, which alone sees addresses.

CREATE TABLE "AccessPolicy" (
    -- The organisation's id, or `provider`: one row each.
    "id" TEXT NOT NULL,
    "organisationId" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "passwordMinCharacters" INTEGER NOT NULL CHECK ("passwordMinCharacters" BETWEEN 12 AND 64),
    "passwordMaxAgeDays" INTEGER CHECK ("passwordMaxAgeDays" BETWEEN 30 AND 730),
    "sessionIdleMinutes" INTEGER NOT NULL CHECK ("sessionIdleMinutes" BETWEEN 5 AND 60),
    "sessionHours" INTEGER NOT NULL CHECK ("sessionHours" BETWEEN 1 AND 24),
    "factor" TEXT NOT NULL CHECK ("factor" IN ('any', 'passkey', 'device-bound')),
    -- The cast refuses whatever is no network.
    "networks" TEXT[] NOT NULL CHECK (cardinality("networks") <= 64 AND "networks"::cidr[] IS NOT NULL AND array_position("networks", NULL) IS NULL),
    "networksForSessions" BOOLEAN NOT NULL,
    "networksForKeys" BOOLEAN NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT "AccessPolicy_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessPolicy_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AccessPolicy_one_each" CHECK ("id" = coalesce("organisationId", 'provider')),
    -- Staff: the bounds of their realm (lib/identity), and no factor that a look-alike site could relay.
    CONSTRAINT "AccessPolicy_of_staff" CHECK ("organisationId" IS NOT NULL
      OR ("sessionIdleMinutes" <= 15 AND "sessionHours" <= 12 AND "factor" <> 'any' AND NOT "networksForKeys"))
);

-- Since when the password is in use; kept by a trigger, so that no way of setting one can forget it.
ALTER TABLE "User" ADD COLUMN "passwordChangedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- The longest time between two requests of the session so far. A visit to an organisation with a generous limit must not make a pause
-- forgotten that another one would not have allowed.
ALTER TABLE "Session" ADD COLUMN "longestPauseSeconds" INTEGER NOT NULL DEFAULT 0;
GRANT SELECT ("longestPauseSeconds") ON "Session" TO cordon_console;

ALTER TABLE "AccessPolicy" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AccessPolicy" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "AccessPolicy" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT ON "AccessPolicy" TO cordon_definer;
GRANT SELECT ON "AccessPolicy" TO cordon_console;
-- Version and who changed what are not the writer's to choose: a trigger sets both.
GRANT INSERT ON "AccessPolicy" TO cordon_console;
GRANT UPDATE ("passwordMinCharacters", "passwordMaxAgeDays", "sessionIdleMinutes", "sessionHours", "factor", "networks", "networksForSessions",
  "networksForKeys") ON "AccessPolicy" TO cordon_console;
CREATE POLICY see ON "AccessPolicy" FOR SELECT TO cordon_console USING (CASE (SELECT cordon.current_kind())
  WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
  WHEN 'staff' THEN "organisationId" IS NULL
  ELSE false END);
CREATE POLICY make ON "AccessPolicy" FOR INSERT TO cordon_console WITH CHECK (
  ("organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member')))
  OR ("organisationId" IS NULL AND (SELECT cordon.administers('staff'))));
CREATE POLICY change ON "AccessPolicy" FOR UPDATE TO cordon_console USING (
  ("organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member')))
  OR ("organisationId" IS NULL AND (SELECT cordon.administers('staff'))));

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Of a password older than this column nothing is known but that it is no older than its account.
UPDATE public."User" SET "passwordChangedAt" = "createdAt";

-- What is in force: the row, or what holds where nobody decided anything (version 0). Null stands for the provider's staff.
CREATE FUNCTION cordon.access_policy_of(organisation_id text) RETURNS public."AccessPolicy"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public."AccessPolicy";
BEGIN
  SELECT * INTO p FROM public."AccessPolicy" t WHERE t."id" = coalesce(organisation_id, 'provider');
  IF p."id" IS NULL THEN
    p."id" := coalesce(organisation_id, 'provider');
    p."organisationId" := organisation_id;
    p."version" := 0;
    p."passwordMinCharacters" := 12;
    p."sessionIdleMinutes" := CASE WHEN organisation_id IS NULL THEN 15 ELSE 60 END;
    p."sessionHours" := 8;
    p."factor" := CASE WHEN organisation_id IS NULL THEN 'passkey' ELSE 'any' END;
    p."networks" := '{}';
    p."networksForSessions" := true;
    p."networksForKeys" := false;
    p."changes" := '{}';
  END IF;
  RETURN p;
END $$;

-- The policy of whoever is entered: of the organisation for its members and API keys, of the provider for staff.
CREATE FUNCTION cordon.access_policy() RETURNS SETOF public."AccessPolicy"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE cordon.current_kind()
    WHEN 'member', 'key' THEN RETURN NEXT cordon.access_policy_of(cordon.current_organisation());
    WHEN 'staff' THEN RETURN NEXT cordon.access_policy_of(NULL);
    ELSE PERFORM cordon.refuse('context.required');
  END CASE;
END $$;

-- The next version, and for each setting that is another now when and by whom.
CREATE FUNCTION cordon.note_access_policy_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before jsonb := to_jsonb(CASE TG_OP WHEN 'UPDATE' THEN OLD ELSE cordon.access_policy_of(NEW."organisationId") END);
  noted jsonb := jsonb_build_object('at', clock_timestamp(), 'by', coalesce(cordon.current_actor(), ''));
BEGIN
  NEW."version" := (before ->> 'version')::int + 1;
  SELECT (before -> 'changes') || coalesce(jsonb_object_agg(s.key, noted), '{}') INTO NEW."changes" FROM jsonb_each(to_jsonb(NEW)) s
  WHERE s.key NOT IN ('id', 'organisationId', 'version', 'changes') AND s.value IS DISTINCT FROM before -> s.key;
  RETURN NEW;
END $$;

CREATE FUNCTION cordon.note_password_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW."passwordChangedAt" := clock_timestamp();
  RETURN NEW;
END $$;

CREATE FUNCTION cordon.note_pause() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW."longestPauseSeconds" := greatest(OLD."longestPauseSeconds", ceil(extract(epoch FROM NEW."lastSeenAt" - OLD."lastSeenAt"))::int);
  RETURN NEW;
END $$;
GRANT EXECUTE ON FUNCTION cordon.note_access_policy_change(), cordon.note_password_change(), cordon.note_pause() TO cordon_owner;

-- Why this session does not get in under this policy, or null when it does. When a session was last seen is noted once a minute at most,
-- so a pause counts as up to a minute longer than it was, never as shorter.
CREATE FUNCTION cordon.policy_refusal(s public."Session", p public."AccessPolicy") RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN s."createdAt" <= clock_timestamp() - make_interval(hours => p."sessionHours") THEN 'policy.session_expired'
    WHEN greatest(make_interval(secs => s."longestPauseSeconds"), clock_timestamp() - s."lastSeenAt") >= make_interval(mins => p."sessionIdleMinutes")
      THEN 'policy.session_idle'
    WHEN p."factor" <> 'any' AND s."raisedBy" <> 'passkey' THEN 'policy.passkey_required'
    WHEN p."factor" = 'device-bound' AND NOT EXISTS (SELECT 1 FROM public."Passkey" k WHERE k."id" = s."passkeyId" AND k."userId" = s."userId"
      AND k."state" = 'active' AND k."deviceBound") THEN 'policy.factor_required'
    WHEN (SELECT u."passwordChangedAt" FROM public."User" u WHERE u."id" = s."userId")
      <= clock_timestamp() - make_interval(days => p."passwordMaxAgeDays") THEN 'policy.password_expired'
  END
$$;

-- As before, and then by the policy of what is entered. Whoever does not belong there learns nothing of its policy.
CREATE OR REPLACE FUNCTION cordon.enter_organisation(secret text, organisation_id text) RETURNS TABLE (user_id text, session_id text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  standing text;
  refusal text;
BEGIN
  SELECT m."role"::text INTO standing FROM public."Membership" m WHERE m."userId" = s."userId" AND m."organisationId" = enter_organisation.organisation_id;
  IF standing IS NULL OR s."realm" <> 'customer' THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  refusal := cordon.policy_refusal(s, cordon.access_policy_of(organisation_id));
  IF refusal IS NOT NULL THEN PERFORM cordon.refuse(refusal); END IF;
  PERFORM cordon.set_context('member', organisation_id, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

CREATE OR REPLACE FUNCTION cordon.enter_staff(secret text) RETURNS TABLE (user_id text, session_id text, staff_role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  standing text;
  refusal text;
BEGIN
  SELECT u."staffRole"::text INTO standing FROM public."User" u WHERE u."id" = s."userId" AND u."realm" = 'staff';
  IF standing IS NULL THEN PERFORM cordon.refuse('session.invalid'); END IF;
  refusal := cordon.policy_refusal(s, cordon.access_policy_of(NULL));
  IF refusal IS NOT NULL THEN PERFORM cordon.refuse(refusal); END IF;
  PERFORM cordon.set_context('staff', NULL, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

-- As in 0010. And whoever holds a passkey and belongs to an organisation that asks for one confirms with it as well: a code that could be
-- relayed at sign-in could be relayed there.
CREATE OR REPLACE FUNCTION cordon.may_use_totp_for(user_id text, realm public."Realm", action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT realm = 'customer' AND (
    (action NOT IN ('passkey.add', 'passkey.remove', 'totp.enrol', 'password.change', 'recovery.renew')
      AND NOT EXISTS (SELECT 1 FROM public."Membership" m WHERE m."userId" = may_use_totp_for.user_id
        AND (cordon.access_policy_of(m."organisationId"))."factor" <> 'any'))
    OR NOT EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = may_use_totp_for.user_id AND p."state" = 'active'))
$$;

-- For the page that says why somebody did not get in: the refusal, and what the policy asks for. Only of what one belongs to; no networks.
CREATE FUNCTION cordon.turned_away(secret text, organisation_id text) RETURNS TABLE (refusal text, password_max_age_days int, session_idle_minutes int,
  session_hours int, factor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  p public."AccessPolicy" := cordon.access_policy_of(organisation_id);
BEGIN
  IF (organisation_id IS NULL) <> (s."realm" = 'staff') OR (organisation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public."Membership" m
    WHERE m."userId" = s."userId" AND m."organisationId" = turned_away.organisation_id)) THEN
    PERFORM cordon.refuse('organisation.not_found');
  END IF;
  RETURN QUERY SELECT cordon.policy_refusal(s, p), p."passwordMaxAgeDays", p."sessionIdleMinutes", p."sessionHours", p."factor";
END $$;

-- ---- for a person with several organisations: the strictest password, the longest session (each of them ends it for itself)

CREATE FUNCTION cordon.password_minimum_of(user_id text, realm public."Realm") RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE realm WHEN 'staff' THEN (cordon.access_policy_of(NULL))."passwordMinCharacters" ELSE coalesce((
    SELECT max((cordon.access_policy_of(m."organisationId"))."passwordMinCharacters") FROM public."Membership" m
    WHERE m."userId" = password_minimum_of.user_id), 12) END
$$;

CREATE FUNCTION cordon.password_minimum(secret text) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  RETURN cordon.password_minimum_of(s."userId", s."realm");
END $$;

-- Of whoever is about to make an account with a link; the set-up link makes staff.
CREATE FUNCTION cordon.password_minimum_of_link(link_secret text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (cordon.access_policy_of((SELECT i."organisationId" FROM cordon.open_invitation(link_secret) i)))."passwordMinCharacters"
$$;

CREATE FUNCTION cordon.session_hours_of(user_id text, realm public."Realm") RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE realm WHEN 'staff' THEN (cordon.access_policy_of(NULL))."sessionHours" ELSE coalesce((
    SELECT max((cordon.access_policy_of(m."organisationId"))."sessionHours") FROM public."Membership" m
    WHERE m."userId" = session_hours_of.user_id), 8) END
$$;

-- As before, but no longer than the policies allow.
CREATE OR REPLACE FUNCTION cordon.start_session(user_id text, session_id text, secret_hash bytea, address_prefix text, user_agent text, ttl_seconds int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public."Session" ("id", "secretHash", "userId", "realm", "aal", "createdAt", "lastSeenAt", "expiresAt", "addressPrefix", "userAgent")
  SELECT session_id, secret_hash, u."id", u."realm", 1, clock_timestamp(), clock_timestamp(),
    clock_timestamp() + make_interval(secs => least(greatest(ttl_seconds, 60), 3600 * cordon.session_hours_of(u."id", u."realm"))),
    left(address_prefix, 64), left(user_agent, 256)
  FROM public."User" u WHERE u."id" = start_session.user_id AND u."status" = 'active';
  IF NOT FOUND THEN PERFORM cordon.refuse('session.invalid'); END IF;
END $$;

-- How many people have which factor at best, for those who decide what is asked for: how many a change would turn away.
CREATE FUNCTION cordon.people_by_factor() RETURNS TABLE (device_bound int, synced int, other int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cordon.administers('member') AND NOT cordon.administers('staff') THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY SELECT count(*) FILTER (WHERE best.bound)::int, count(*) FILTER (WHERE NOT best.bound)::int, count(*) FILTER (WHERE best.bound IS NULL)::int
  FROM (SELECT (SELECT bool_or(k."deviceBound") FROM public."Passkey" k WHERE k."userId" = u."id" AND k."state" = 'active') AS bound
    FROM public."User" u WHERE u."status" = 'active' AND CASE cordon.current_kind() WHEN 'staff' THEN u."realm" = 'staff'
      ELSE EXISTS (SELECT 1 FROM public."Membership" m WHERE m."userId" = u."id" AND m."organisationId" = cordon.current_organisation()) END) best;
END $$;

GRANT EXECUTE ON FUNCTION cordon.access_policy(), cordon.turned_away(text, text), cordon.password_minimum(text), cordon.password_minimum_of_link(text),
  cordon.people_by_factor() TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER note_change BEFORE INSERT OR UPDATE ON "AccessPolicy" FOR EACH ROW EXECUTE FUNCTION cordon.note_access_policy_change();
CREATE TRIGGER note_password_change BEFORE UPDATE ON "User" FOR EACH ROW
  WHEN (OLD."passwordHash" IS DISTINCT FROM NEW."passwordHash") EXECUTE FUNCTION cordon.note_password_change();
CREATE TRIGGER note_pause BEFORE UPDATE ON "Session" FOR EACH ROW
  WHEN (NEW."lastSeenAt" > OLD."lastSeenAt") EXECUTE FUNCTION cordon.note_pause();
