-- Signing in, second factors, sessions, and entering a context. All of it checks a secret, or a proof of the keyring's, in the
-- database itself. Every function: SECURITY DEFINER as cordon_definer, fixed search path, executable by nobody unless granted below.

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- ---- sessions

-- The live session of a secret: not ended, not expired, not idle too long (15 min staff, 1 h customers), of an active person.
-- With the password alone (aal 1) it lives ten minutes.
CREATE FUNCTION cordon.live_session(secret text) RETURNS SETOF public."Session"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.* FROM public."Session" s JOIN public."User" u ON u."id" = s."userId"
  WHERE s."secretHash" = cordon.hash(secret) AND s."revokedAt" IS NULL AND u."status" = 'active'
    AND s."expiresAt" > clock_timestamp()
    AND s."lastSeenAt" > clock_timestamp() - CASE s."realm" WHEN 'staff' THEN interval '15 minutes' ELSE interval '1 hour' END
    AND (s."aal" = 2 OR s."createdAt" > clock_timestamp() - interval '10 minutes')
$$;

CREATE FUNCTION cordon.require_session(secret text, level int) RETURNS public."Session"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_session public."Session";
BEGIN
  SELECT * INTO found_session FROM cordon.live_session(secret);
  IF found_session."id" IS NULL THEN PERFORM cordon.refuse('session.invalid'); END IF;
  IF found_session."aal" < level THEN PERFORM cordon.refuse('session.second_factor_required'); END IF;
  RETURN found_session;
END $$;

CREATE FUNCTION cordon.find_sign_in(realm text, email text) RETURNS TABLE (user_id text, password_hash text, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u."id", u."passwordHash", u."status"::text FROM public."User" u
  WHERE u."realm" = find_sign_in.realm::public."Realm" AND u."email" = lower(find_sign_in.email)
$$;

-- The caller verified the password; what the session can do without the keyring's proof is only to give one.
CREATE FUNCTION cordon.start_session(user_id text, session_id text, secret_hash bytea, address_prefix text, user_agent text, ttl_seconds int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public."Session" ("id", "secretHash", "userId", "realm", "aal", "createdAt", "lastSeenAt", "expiresAt", "addressPrefix", "userAgent")
  SELECT session_id, secret_hash, u."id", u."realm", 1, clock_timestamp(), clock_timestamp(),
    clock_timestamp() + make_interval(secs => least(greatest(ttl_seconds, 60), CASE u."realm" WHEN 'staff' THEN 28800 ELSE 43200 END)),
    left(address_prefix, 64), left(user_agent, 256)
  FROM public."User" u WHERE u."id" = start_session.user_id AND u."status" = 'active';
  IF NOT FOUND THEN PERFORM cordon.refuse('session.invalid'); END IF;
END $$;

CREATE FUNCTION cordon.session(secret text) RETURNS TABLE (session_id text, user_id text, realm text, aal int, email text, name text,
  staff_role text, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, has_totp boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session";
BEGIN
  SELECT * INTO s FROM cordon.live_session(secret);
  IF s."id" IS NULL THEN RETURN; END IF;
  -- Once a minute at most, and never waiting for another request of the same session.
  IF s."lastSeenAt" < clock_timestamp() - interval '1 minute' THEN
    UPDATE public."Session" t SET "lastSeenAt" = clock_timestamp()
    WHERE t."id" = (SELECT l."id" FROM public."Session" l WHERE l."id" = s."id" AND l."revokedAt" IS NULL FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY SELECT s."id", u."id", u."realm"::text, s."aal", u."email", u."name", u."staffRole"::text, s."createdAt"::timestamptz,
    s."lastSeenAt"::timestamptz, s."expiresAt"::timestamptz,
    EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = u."id" AND f."confirmedAt" IS NOT NULL)
  FROM public."User" u WHERE u."id" = s."userId";
END $$;

-- Ends a session row and makes its successor at aal 2 with the same length of life. The old secret is dead from here on.
CREATE FUNCTION cordon.succeed_session(old public."Session", raised_by text, new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."id" = old."id" AND s."revokedAt" IS NULL;
  IF NOT FOUND THEN PERFORM cordon.refuse('session.invalid'); END IF;
  INSERT INTO public."Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "createdAt", "lastSeenAt", "expiresAt", "addressPrefix", "userAgent")
  VALUES (new_session_id, new_secret_hash, old."userId", old."realm", 2, raised_by, clock_timestamp(), clock_timestamp(),
    clock_timestamp() + (old."expiresAt" - old."createdAt"), old."addressPrefix", old."userAgent");
  PERFORM cordon.set_context('person', NULL, old."userId", old."realm"::text, new_session_id, NULL);
END $$;

-- ---- second factors

CREATE FUNCTION cordon.check_proof(message text, issued_at bigint, proof text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cordon.same(lower(proof), cordon.mac('proof', message))
    OR issued_at NOT BETWEEN extract(epoch FROM clock_timestamp())::bigint - 120 AND extract(epoch FROM clock_timestamp())::bigint + 30 THEN
    PERFORM cordon.refuse('totp.proof_invalid');
  END IF;
END $$;

-- Raises the last accepted step in one statement: of any number of attempts with one code, one finds a smaller step.
CREATE FUNCTION cordon.use_time_step(factor_id text, user_id text, time_step bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."TotpFactor" f SET "lastStep" = time_step
  WHERE f."id" = factor_id AND f."userId" = user_id AND f."lastStep" < time_step;
  IF NOT FOUND THEN PERFORM cordon.refuse('totp.replayed'); END IF;
END $$;

-- A first factor with the password alone; another one after a recovery code or a step-up for `totp.enrol`.
CREATE FUNCTION cordon.begin_totp(secret text, factor_id text, sealed text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  IF s."aal" = 1 AND EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.already_enrolled');
  ELSIF s."aal" = 2 AND s."raisedBy" <> 'recovery' THEN
    PERFORM cordon.use_step_up(secret, 'totp.enrol', s."userId");
  END IF;
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NULL;
  INSERT INTO public."TotpFactor" ("id", "userId", "sealed") VALUES (factor_id, s."userId", sealed);
END $$;

-- The factor a code is checked against: the one in use, or with `enrolling` the one about to replace it.
CREATE FUNCTION cordon.totp_factor(secret text, enrolling boolean) RETURNS TABLE (factor_id text, sealed text, last_step bigint, confirmed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  RETURN QUERY SELECT f."id", f."sealed", f."lastStep", f."confirmedAt" IS NOT NULL FROM public."TotpFactor" f
  WHERE f."userId" = s."userId" ORDER BY (f."confirmedAt" IS NULL) = enrolling DESC, f."createdAt" DESC LIMIT 1;
END $$;

CREATE FUNCTION cordon.confirm_totp(secret text, factor_id text, time_step bigint, issued_at bigint, proof text, recovery_hashes bytea[],
  new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  PERFORM cordon.check_proof(concat_ws('|', 'raise', s."id", s."userId", factor_id, time_step, issued_at), issued_at, proof);
  -- The person's row is locked first: of two enrolments at once, the second sees the first.
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  IF s."aal" = 1 AND EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.already_enrolled');
  END IF;
  UPDATE public."TotpFactor" f SET "confirmedAt" = clock_timestamp(), "lastStep" = time_step
  WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NULL;
  IF NOT FOUND THEN PERFORM cordon.refuse('totp.unknown_factor'); END IF;
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."id" <> factor_id;
  DELETE FROM public."RecoveryCode" r WHERE r."userId" = s."userId";
  INSERT INTO public."RecoveryCode" ("id", "userId", "hash")
  SELECT 'rec_' || replace(gen_random_uuid()::text, '-', ''), s."userId", h FROM unnest(recovery_hashes[1:20]) h;
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp() WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL;
  PERFORM cordon.succeed_session(s, 'totp', new_session_id, new_secret_hash);
END $$;

CREATE FUNCTION cordon.raise_session(secret text, factor_id text, time_step bigint, issued_at bigint, proof text, new_session_id text,
  new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  PERFORM cordon.check_proof(concat_ws('|', 'raise', s."id", s."userId", factor_id, time_step, issued_at), issued_at, proof);
  IF NOT EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.unknown_factor');
  END IF;
  PERFORM cordon.use_time_step(factor_id, s."userId", time_step);
  PERFORM cordon.succeed_session(s, 'totp', new_session_id, new_secret_hash);
END $$;

CREATE FUNCTION cordon.raise_session_with_recovery(secret text, code text, new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  UPDATE public."RecoveryCode" r SET "usedAt" = clock_timestamp()
  WHERE r."userId" = s."userId" AND r."hash" = cordon.hash(code) AND r."usedAt" IS NULL;
  IF NOT FOUND THEN PERFORM cordon.refuse('recovery.invalid'); END IF;
  PERFORM cordon.succeed_session(s, 'recovery', new_session_id, new_secret_hash);
END $$;

-- ---- step-up: a second factor for one act on one object

CREATE FUNCTION cordon.record_step_up(secret text, step_up_id text, factor_id text, time_step bigint, issued_at bigint, proof text, action text,
  object text, ticket text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  PERFORM cordon.check_proof(concat_ws('|', 'stepup', s."id", s."userId", factor_id, time_step, issued_at, action, object), issued_at, proof);
  IF NOT EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.unknown_factor');
  END IF;
  PERFORM cordon.use_time_step(factor_id, s."userId", time_step);
  INSERT INTO public."StepUp" ("id", "sessionId", "action", "object", "factor", "ticket", "expiresAt")
  VALUES (step_up_id, s."id", action, object, 'totp', ticket, clock_timestamp() + interval '5 minutes');
END $$;

CREATE FUNCTION cordon.has_step_up(secret text, action text, object text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  RETURN EXISTS (SELECT 1 FROM public."StepUp" t WHERE t."sessionId" = s."id" AND t."action" = has_step_up.action
    AND t."object" = has_step_up.object AND t."usedAt" IS NULL AND t."expiresAt" > clock_timestamp());
END $$;

CREATE FUNCTION cordon.use_step_up(secret text, action text, object text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
  found_ticket text;
BEGIN
  UPDATE public."StepUp" t SET "usedAt" = clock_timestamp()
  WHERE t."id" = (SELECT c."id" FROM public."StepUp" c WHERE c."sessionId" = s."id" AND c."action" = use_step_up.action
      AND c."object" = use_step_up.object AND c."usedAt" IS NULL AND c."expiresAt" > clock_timestamp()
    ORDER BY c."createdAt" LIMIT 1 FOR UPDATE)
  RETURNING t."ticket" INTO found_ticket;
  IF found_ticket IS NULL THEN PERFORM cordon.refuse('step_up.required'); END IF;
  RETURN found_ticket;
END $$;

-- ---- ending sessions

CREATE FUNCTION cordon.end_session(secret text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."secretHash" = cordon.hash(secret) AND s."revokedAt" IS NULL
$$;

CREATE FUNCTION cordon.end_session_by_id(secret text, session_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp()
  WHERE o."id" = end_session_by_id.session_id AND o."userId" = s."userId" AND o."revokedAt" IS NULL;
END $$;

CREATE FUNCTION cordon.end_other_sessions(secret text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp() WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL;
END $$;

-- ---- entering a context

CREATE FUNCTION cordon.enter_organisation(secret text, organisation_id text) RETURNS TABLE (user_id text, session_id text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
  standing text;
BEGIN
  SELECT m."role"::text INTO standing FROM public."Membership" m WHERE m."userId" = s."userId" AND m."organisationId" = enter_organisation.organisation_id;
  IF standing IS NULL OR s."realm" <> 'customer' THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  PERFORM cordon.set_context('member', organisation_id, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

CREATE FUNCTION cordon.enter_staff(secret text) RETURNS TABLE (user_id text, session_id text, staff_role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
  standing text;
BEGIN
  SELECT u."staffRole"::text INTO standing FROM public."User" u WHERE u."id" = s."userId" AND u."realm" = 'staff';
  IF standing IS NULL THEN PERFORM cordon.refuse('session.invalid'); END IF;
  PERFORM cordon.set_context('staff', NULL, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

CREATE FUNCTION cordon.enter_person(secret text) RETURNS TABLE (user_id text, session_id text, realm text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", s."realm"::text;
END $$;

CREATE FUNCTION cordon.enter_api_key(key text) RETURNS TABLE (api_key_id text, organisation_id text, project_id text, scopes text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k public."ApiKey";
BEGIN
  SELECT * INTO k FROM public."ApiKey" a WHERE a."secretHash" = cordon.hash(key) AND a."revokedAt" IS NULL
    AND (a."expiresAt" IS NULL OR a."expiresAt" > clock_timestamp());
  IF k."id" IS NULL THEN PERFORM cordon.refuse('key.invalid'); END IF;
  IF k."lastUsedAt" IS NULL OR k."lastUsedAt" < clock_timestamp() - interval '1 minute' THEN
    UPDATE public."ApiKey" a SET "lastUsedAt" = clock_timestamp()
    WHERE a."id" = (SELECT l."id" FROM public."ApiKey" l WHERE l."id" = k."id" FOR UPDATE SKIP LOCKED);
  END IF;
  PERFORM cordon.set_context('key', k."organisationId", k."id", array_to_string(k."scopes", ','), NULL, k."projectId");
  RETURN QUERY SELECT k."id", k."organisationId", k."projectId", k."scopes";
END $$;

-- ---- throttling failures

CREATE FUNCTION cordon.throttle_check(keys text[]) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT max(t."blockedUntil")::timestamptz FROM public."Throttle" t WHERE t."key" = ANY (keys) AND t."blockedUntil" > clock_timestamp()
$$;

-- In 15 minutes 5 failures of an account, 20 of an address and 60 of a network are free; then 1 s, doubling, at most 15 min.
CREATE FUNCTION cordon.throttle_fail(keys text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k text;
  free int;
BEGIN
  -- In one order, so that two requests cannot wait for each other.
  FOR k IN SELECT DISTINCT left(u, 128) FROM unnest(keys[1:8]) u ORDER BY 1 LOOP
    free := CASE split_part(k, ':', 1) WHEN 'address' THEN 20 WHEN 'network' THEN 60 ELSE 5 END;
    INSERT INTO public."Throttle" AS t ("key", "failures", "windowStart", "blockedUntil") VALUES (k, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT ("key") DO UPDATE SET
      "failures" = CASE WHEN t."windowStart" < clock_timestamp() - interval '15 minutes' AND t."blockedUntil" < clock_timestamp() THEN 1 ELSE t."failures" + 1 END,
      "windowStart" = CASE WHEN t."windowStart" < clock_timestamp() - interval '15 minutes' AND t."blockedUntil" < clock_timestamp() THEN clock_timestamp() ELSE t."windowStart" END,
      "blockedUntil" = CASE WHEN t."failures" + 1 > free AND (t."windowStart" >= clock_timestamp() - interval '15 minutes' OR t."blockedUntil" >= clock_timestamp())
        THEN clock_timestamp() + make_interval(secs => least(900, 2 ^ least(10, t."failures" - free))) ELSE t."blockedUntil" END;
  END LOOP;
  DELETE FROM public."Throttle" t WHERE t."key" IN (
    SELECT o."key" FROM public."Throttle" o WHERE o."windowStart" < clock_timestamp() - interval '1 day' LIMIT 20 FOR UPDATE SKIP LOCKED);
END $$;

CREATE FUNCTION cordon.throttle_clear(keys text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public."Throttle" t WHERE t."key" IN (SELECT o."key" FROM public."Throttle" o WHERE o."key" = ANY (keys) ORDER BY o."key" FOR UPDATE)
$$;

GRANT EXECUTE ON FUNCTION
  cordon.find_sign_in(text, text), cordon.start_session(text, text, bytea, text, text, int), cordon.session(text),
  cordon.begin_totp(text, text, text), cordon.totp_factor(text, boolean), cordon.confirm_totp(text, text, bigint, bigint, text, bytea[], text, bytea),
  cordon.raise_session(text, text, bigint, bigint, text, text, bytea), cordon.raise_session_with_recovery(text, text, text, bytea),
  cordon.record_step_up(text, text, text, bigint, bigint, text, text, text, text), cordon.has_step_up(text, text, text), cordon.use_step_up(text, text, text),
  cordon.end_session(text), cordon.end_session_by_id(text, text), cordon.end_other_sessions(text),
  cordon.enter_organisation(text, text), cordon.enter_staff(text), cordon.enter_person(text), cordon.enter_api_key(text),
  cordon.throttle_check(text[]), cordon.throttle_fail(text[]), cordon.throttle_clear(text[])
TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
