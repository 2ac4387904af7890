-- Passkeys, and confirmations bound to the exact terms of an act. A passkey is the only way into the staff realm; a recovery code opens
-- nothing but the setting up of a new factor. The public keys here are for showing and exporting: the keyring verifies against its own registry.

CREATE TABLE "Passkey" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "realm" "Realm" NOT NULL,
    "credentialId" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "deviceBound" BOOLEAN NOT NULL,
    "transports" TEXT[],
    "aaguid" TEXT NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL CHECK ("state" IN ('pending', 'active')),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "endorsedAt" TIMESTAMPTZ(3),
    "endorsedById" TEXT,
    CONSTRAINT "Passkey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Passkey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "Passkey_credentialId_key" ON "Passkey"("credentialId");
CREATE INDEX "Passkey_userId_idx" ON "Passkey"("userId");

ALTER TABLE "Session" ADD COLUMN "passkeyId" TEXT NOT NULL DEFAULT '';
ALTER TABLE "StepUp" ADD COLUMN "terms" TEXT NOT NULL DEFAULT '';
-- The nonce of the statement a passkey signed: one signature, one confirmation, whatever the keyring remembers.
ALTER TABLE "StepUp" ADD COLUMN "nonce" TEXT;
CREATE UNIQUE INDEX "StepUp_nonce_key" ON "StepUp"("nonce");

ALTER TABLE "Passkey" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "Passkey" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "Passkey" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "Passkey" TO cordon_definer;
GRANT SELECT ON "Passkey" TO cordon_console;
-- One's own, and for staff those of the staff, whose endorsement is everybody's business.
CREATE POLICY see ON "Passkey" FOR SELECT TO cordon_console USING (
  "userId" = (SELECT cordon.current_actor()) OR ((SELECT cordon.current_kind()) = 'staff' AND "realm" = 'staff'));
GRANT SELECT ("passkeyId") ON "Session" TO cordon_console;

-- The provider's log says that a customer signed in or changed a factor, under a pseudonym. Who that is, from where, with which key and what they
-- confirmed is theirs: of personal fields staff see those of staff, and those that are nobody's.
DROP POLICY see ON "AuditField";
CREATE POLICY see ON "AuditField" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
      AND ("subject" = '' OR "subject" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff'))
    ELSE "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_project()) IS NULL END);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- ---- proofs of the keyring's

-- The text of a proof. Unlike concat_ws it refuses a missing part and a part that holds the separator: either would shift the others, and a
-- proof of one thing would pass for a proof of another.
CREATE FUNCTION cordon.proof_text(VARIADIC parts text[]) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF array_position(parts, NULL) IS NOT NULL OR strpos(array_to_string(parts, ''), '|') > 0 THEN PERFORM cordon.refuse('totp.proof_invalid'); END IF;
  RETURN array_to_string(parts, '|');
END $$;

-- As before; a missing time of issue now refuses instead of saying nothing about it.
CREATE OR REPLACE FUNCTION cordon.check_proof(message text, issued_at bigint, proof text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cordon.same(lower(proof), cordon.mac('proof', message)) OR issued_at IS NULL
    OR issued_at NOT BETWEEN extract(epoch FROM clock_timestamp())::bigint - 120 AND extract(epoch FROM clock_timestamp())::bigint + 30 THEN
    PERFORM cordon.refuse('totp.proof_invalid');
  END IF;
END $$;

-- ---- what a session is good for

-- As before, and a session opened with recovery codes lives half an hour: time to set up a new factor.
CREATE OR REPLACE FUNCTION cordon.live_session(secret text) RETURNS SETOF public."Session"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.* FROM public."Session" s JOIN public."User" u ON u."id" = s."userId"
  WHERE s."secretHash" = cordon.hash(secret) AND s."revokedAt" IS NULL AND u."status" = 'active'
    AND s."expiresAt" > clock_timestamp()
    AND s."lastSeenAt" > clock_timestamp() - CASE s."realm" WHEN 'staff' THEN interval '15 minutes' ELSE interval '1 hour' END
    AND (s."aal" = 2 OR s."createdAt" > clock_timestamp() - interval '10 minutes')
    AND (s."raisedBy" <> 'recovery' OR s."createdAt" > clock_timestamp() - interval '30 minutes')
$$;

-- As before, but a session that already held both factors keeps its end: setting up another factor does not prolong it.
CREATE OR REPLACE FUNCTION cordon.succeed_session(old public."Session", raised_by text, new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."id" = old."id" AND s."revokedAt" IS NULL;
  IF NOT FOUND THEN PERFORM cordon.refuse('session.invalid'); END IF;
  INSERT INTO public."Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "createdAt", "lastSeenAt", "expiresAt", "addressPrefix", "userAgent")
  VALUES (new_session_id, new_secret_hash, old."userId", old."realm", 2, raised_by, clock_timestamp(), clock_timestamp(),
    CASE WHEN old."aal" = 2 THEN old."expiresAt" ELSE clock_timestamp() + (old."expiresAt" - old."createdAt") END, old."addressPrefix", old."userAgent");
  PERFORM cordon.set_context('person', NULL, old."userId", old."realm"::text, new_session_id, NULL);
END $$;

DROP FUNCTION cordon.session(text);
CREATE FUNCTION cordon.session(secret text) RETURNS TABLE (session_id text, user_id text, realm text, aal int, raised_by text, email text, name text,
  staff_role text, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, has_totp boolean, passkeys int, passkeys_pending int)
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
  RETURN QUERY SELECT s."id", u."id", u."realm"::text, s."aal", s."raisedBy", u."email", u."name", u."staffRole"::text, s."createdAt"::timestamptz,
    s."lastSeenAt"::timestamptz, s."expiresAt"::timestamptz,
    EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = u."id" AND f."confirmedAt" IS NOT NULL),
    (SELECT count(*)::int FROM public."Passkey" p WHERE p."userId" = u."id" AND p."state" = 'active'),
    (SELECT count(*)::int FROM public."Passkey" p WHERE p."userId" = u."id" AND p."state" = 'pending')
  FROM public."User" u WHERE u."id" = s."userId";
END $$;

-- Both factors, and none of them a recovery code: what any work asks for. Staff need the factor a look-alike site cannot relay.
CREATE FUNCTION cordon.require_work(secret text) RETURNS public."Session"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  IF s."realm" = 'staff' AND s."raisedBy" <> 'passkey' THEN PERFORM cordon.refuse('session.passkey_required'); END IF;
  IF s."raisedBy" NOT IN ('totp', 'passkey') THEN PERFORM cordon.refuse('session.factor_required'); END IF;
  RETURN s;
END $$;

CREATE OR REPLACE FUNCTION cordon.enter_organisation(secret text, organisation_id text) RETURNS TABLE (user_id text, session_id text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  standing text;
BEGIN
  SELECT m."role"::text INTO standing FROM public."Membership" m WHERE m."userId" = s."userId" AND m."organisationId" = enter_organisation.organisation_id;
  IF standing IS NULL OR s."realm" <> 'customer' THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  PERFORM cordon.set_context('member', organisation_id, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

CREATE OR REPLACE FUNCTION cordon.enter_staff(secret text) RETURNS TABLE (user_id text, session_id text, staff_role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  standing text;
BEGIN
  SELECT u."staffRole"::text INTO standing FROM public."User" u WHERE u."id" = s."userId" AND u."realm" = 'staff';
  IF standing IS NULL THEN PERFORM cordon.refuse('session.invalid'); END IF;
  PERFORM cordon.set_context('staff', NULL, s."userId", standing, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", standing;
END $$;

CREATE OR REPLACE FUNCTION cordon.enter_person(secret text) RETURNS TABLE (user_id text, session_id text, realm text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
  RETURN QUERY SELECT s."userId", s."id", s."realm"::text;
END $$;

CREATE OR REPLACE FUNCTION cordon.end_session_by_id(secret text, session_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp()
  WHERE o."id" = end_session_by_id.session_id AND o."userId" = s."userId" AND o."revokedAt" IS NULL;
END $$;

CREATE OR REPLACE FUNCTION cordon.end_other_sessions(secret text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp() WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL;
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
  INSERT INTO public."Membership" ("id", "organisationId", "userId", "role") VALUES (membership_id, i."organisationId", s."userId", i."memberRole")
  ON CONFLICT ("organisationId", "userId") DO NOTHING;
  PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
END $$;

CREATE FUNCTION cordon.may_use_totp_for(user_id text, realm public."Realm", action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  -- Staff confirm by passkey only; changes of one's own factors ask for the highest factor there is.
  SELECT realm = 'customer' AND (
    action NOT IN ('passkey.add', 'passkey.remove', 'totp.enrol', 'password.change', 'recovery.renew')
    OR NOT EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = may_use_totp_for.user_id AND p."state" = 'active'))
$$;

-- Whether an authenticator's code will do for this act of whoever holds the session.
CREATE FUNCTION cordon.takes_code_for(secret text, action text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  RETURN cordon.may_use_totp_for(s."userId", s."realm", action)
    AND EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL);
END $$;

-- ---- signing in and raising a session with a passkey. `proof` is the keyring's word that the assertion was good.

CREATE FUNCTION cordon.find_passkey(credential_id text) RETURNS TABLE (passkey_id text, user_id text, realm text, counter bigint, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p."id", u."id", u."realm"::text, p."counter", u."status"::text FROM public."Passkey" p JOIN public."User" u ON u."id" = p."userId"
  WHERE p."credentialId" = find_passkey.credential_id AND p."state" = 'active'
$$;

-- Credentials the browser may answer with, of whoever holds the session.
CREATE FUNCTION cordon.passkeys_of(secret text) RETURNS TABLE (passkey_id text, credential_id text, public_key text, transports text[], counter bigint,
  state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  RETURN QUERY SELECT p."id", p."credentialId", p."publicKey", p."transports", p."counter", p."state" FROM public."Passkey" p
  WHERE p."userId" = s."userId" ORDER BY p."createdAt" LIMIT 50;
END $$;

CREATE FUNCTION cordon.use_passkey(passkey_id text, user_id text, counter bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Passkey" p SET "counter" = greatest(p."counter", use_passkey.counter), "lastUsedAt" = clock_timestamp()
  WHERE p."id" = use_passkey.passkey_id AND p."userId" = use_passkey.user_id AND p."state" = 'active';
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.unknown'); END IF;
END $$;

CREATE FUNCTION cordon.start_session_with_passkey(passkey_id text, user_id text, counter bigint, issued_at bigint, proof text, session_id text,
  secret_hash bytea, address_prefix text, user_agent text, ttl_seconds int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('passkey-begin', session_id, user_id, passkey_id, counter::text, issued_at::text), issued_at, proof);
  PERFORM cordon.use_passkey(passkey_id, user_id, counter);
  PERFORM cordon.start_session(user_id, session_id, secret_hash, address_prefix, user_agent, ttl_seconds);
  UPDATE public."Session" s SET "aal" = 2, "raisedBy" = 'passkey', "passkeyId" = start_session_with_passkey.passkey_id WHERE s."id" = session_id;
  PERFORM cordon.set_context('person', NULL, u."id", u."realm"::text, session_id, NULL) FROM public."User" u WHERE u."id" = start_session_with_passkey.user_id;
END $$;

CREATE FUNCTION cordon.raise_session_with_passkey(secret text, passkey_id text, counter bigint, issued_at bigint, proof text, new_session_id text,
  new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('passkey-raise', s."id", s."userId", passkey_id, counter::text, issued_at::text), issued_at, proof);
  IF s."aal" = 2 AND s."raisedBy" <> 'totp' THEN PERFORM cordon.refuse('session.complete'); END IF;
  PERFORM cordon.use_passkey(passkey_id, s."userId", counter);
  PERFORM cordon.succeed_session(s, 'passkey', new_session_id, new_secret_hash);
  UPDATE public."Session" n SET "passkeyId" = raise_session_with_passkey.passkey_id WHERE n."id" = new_session_id;
END $$;

-- As before, of a session that holds the password only: a code given again must not prolong one that is complete.
CREATE OR REPLACE FUNCTION cordon.raise_session(secret text, factor_id text, time_step bigint, issued_at bigint, proof text, new_session_id text,
  new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('raise', s."id", s."userId", factor_id, time_step::text, issued_at::text), issued_at, proof);
  IF s."aal" <> 1 THEN PERFORM cordon.refuse('session.complete'); END IF;
  IF NOT EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.unknown_factor');
  END IF;
  PERFORM cordon.use_time_step(factor_id, s."userId", time_step);
  PERFORM cordon.succeed_session(s, 'totp', new_session_id, new_secret_hash);
END $$;

-- ---- adding and taking away

-- The first factor with the password alone; after a recovery code, when it replaces all others; for staff that so far have an authenticator
-- only; else with a step-up for `passkey.add`. A staff passkey nobody has endorsed is `pending` and raises nothing. Recovery codes come with a
-- first factor and after a recovery, else with their own step-up.
CREATE FUNCTION cordon.add_passkey(secret text, passkey_id text, credential_id text, public_key text, device_bound boolean, transports text[],
  aaguid text, name text, state text, issued_at bigint, proof text, terms text, recovery_hashes bytea[], new_session_id text, new_secret_hash bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
  has_totp boolean;
  has_passkey boolean;
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('passkey-add', s."id", s."userId", passkey_id, credential_id, public_key,
    CASE WHEN device_bound THEN '1' ELSE '0' END, state, issued_at::text), issued_at, proof);
  -- The person's row is locked first: of two enrolments at once, the second sees the first.
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  has_totp := EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL);
  has_passkey := EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId");
  IF s."aal" = 1 THEN
    IF has_totp OR has_passkey THEN PERFORM cordon.refuse('passkey.already_enrolled'); END IF;
  ELSIF s."raisedBy" = 'recovery' THEN
    DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId";
    DELETE FROM public."Passkey" p WHERE p."userId" = s."userId";
  ELSIF NOT (s."realm" = 'staff' AND s."raisedBy" = 'totp' AND NOT has_passkey) THEN
    PERFORM cordon.use_step_up(secret, 'passkey.add', s."userId", terms);
  END IF;
  -- An authenticator somebody began to set up and left is not there to be finished later.
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NULL;
  IF (SELECT count(*) FROM public."Passkey" p WHERE p."userId" = s."userId") >= 20 THEN PERFORM cordon.refuse('passkey.too_many'); END IF;
  INSERT INTO public."Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
  VALUES (passkey_id, s."userId", s."realm", credential_id, public_key, left(name, 80), device_bound, transports[1:8], left(aaguid, 64), state)
  ON CONFLICT ("credentialId") DO NOTHING;
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.already_enrolled'); END IF;
  IF s."raisedBy" IN ('recovery', '') THEN PERFORM cordon.set_recovery_codes(s."userId", recovery_hashes); END IF;
  IF s."raisedBy" = 'recovery' THEN
    UPDATE public."Session" o SET "revokedAt" = clock_timestamp() WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL;
  END IF;
  IF state = 'active' THEN
    PERFORM cordon.succeed_session(s, 'passkey', new_session_id, new_secret_hash);
    UPDATE public."Session" n SET "passkeyId" = passkey_id WHERE n."id" = new_session_id;
  ELSE
    PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
  END IF;
END $$;

CREATE FUNCTION cordon.set_recovery_codes(user_id text, recovery_hashes bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public."RecoveryCode" r WHERE r."userId" = set_recovery_codes.user_id;
  INSERT INTO public."RecoveryCode" ("id", "userId", "hash")
  SELECT 'rec_' || replace(gen_random_uuid()::text, '-', ''), set_recovery_codes.user_id, h FROM unnest(recovery_hashes[1:20]) h;
END $$;

-- New codes in place of the old ones, with a step-up for `recovery.renew`.
CREATE FUNCTION cordon.renew_recovery_codes(secret text, recovery_hashes bytea[], terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM cordon.use_step_up(secret, 'recovery.renew', s."userId", terms);
  PERFORM cordon.set_recovery_codes(s."userId", recovery_hashes);
END $$;

-- Takes one's own passkey away with a step-up, and ends every session it began. The last factor stays.
CREATE FUNCTION cordon.remove_passkey(secret text, passkey_id text, end_others boolean, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  PERFORM cordon.use_step_up(secret, 'passkey.remove', passkey_id, terms);
  DELETE FROM public."Passkey" p WHERE p."id" = remove_passkey.passkey_id AND p."userId" = s."userId";
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.unknown'); END IF;
  IF NOT EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId" AND p."state" = 'active')
    AND (s."realm" = 'staff' OR NOT EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL)) THEN
    PERFORM cordon.refuse('passkey.last_factor');
  END IF;
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp()
  WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL AND (end_others OR o."passkeyId" = remove_passkey.passkey_id);
END $$;

-- Takes away the authenticator app of somebody who has a passkey; a step-up for `totp.enrol`, which also replaces it.
CREATE FUNCTION cordon.remove_totp(secret text, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  PERFORM cordon.use_step_up(secret, 'totp.enrol', s."userId", terms);
  IF NOT EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId" AND p."state" = 'active') THEN PERFORM cordon.refuse('passkey.last_factor'); END IF;
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId";
END $$;

CREATE FUNCTION cordon.rename_passkey(passkey_id text, name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Passkey" p SET "name" = left(rename_passkey.name, 80) WHERE p."id" = passkey_id AND p."userId" = cordon.current_actor();
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.unknown'); END IF;
END $$;

-- Who has no context at all has no standing either: nothing here may be decided by a comparison with null.
CREATE FUNCTION cordon.require_endorser() RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' OR cordon.current_standing() NOT IN ('administrator', 'security') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
END $$;

-- A second person's word for a staff passkey, proven by the keyring, which checked the endorser's own.
CREATE FUNCTION cordon.endorse_passkey(passkey_id text, issued_at bigint, proof text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cordon.require_endorser();
  PERFORM cordon.check_proof(cordon.proof_text('passkey-endorse', passkey_id, cordon.current_actor(), issued_at::text), issued_at, proof);
  UPDATE public."Passkey" p SET "state" = 'active', "endorsedAt" = clock_timestamp(), "endorsedById" = cordon.current_actor()
  WHERE p."id" = endorse_passkey.passkey_id AND p."realm" = 'staff' AND p."state" = 'pending' AND p."userId" <> cordon.current_actor()
    AND EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = p."userId" AND u."status" = 'active');
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.unknown'); END IF;
END $$;

-- Turned down: the waiting passkey is gone, and its owner may enrol another.
CREATE FUNCTION cordon.turn_down_passkey(passkey_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cordon.require_endorser();
  DELETE FROM public."Passkey" p WHERE p."id" = turn_down_passkey.passkey_id AND p."realm" = 'staff' AND p."state" = 'pending';
  IF NOT FOUND THEN PERFORM cordon.refuse('passkey.unknown'); END IF;
END $$;

-- ---- recovery: one code, or two where the account has a passkey or belongs to staff; all of them or none are used

DROP FUNCTION cordon.raise_session_with_recovery(text, text, text, bytea);
CREATE FUNCTION cordon.raise_session_with_recovery(secret text, codes text[], new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
  needed int := CASE WHEN s."realm" = 'staff' OR EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId" AND p."state" = 'active')
    THEN 2 ELSE 1 END;
  used int;
BEGIN
  IF s."aal" <> 1 OR cardinality(codes) <> needed THEN PERFORM cordon.refuse('recovery.invalid'); END IF;
  UPDATE public."RecoveryCode" r SET "usedAt" = clock_timestamp()
  WHERE r."userId" = s."userId" AND r."usedAt" IS NULL AND r."hash" IN (SELECT cordon.hash(c) FROM unnest(codes) c);
  GET DIAGNOSTICS used = ROW_COUNT;
  IF used <> needed THEN PERFORM cordon.refuse('recovery.invalid'); END IF;
  PERFORM cordon.succeed_session(s, 'recovery', new_session_id, new_secret_hash);
END $$;

-- ---- step-up: for one act, on one object, in these terms

DROP FUNCTION cordon.record_step_up(text, text, text, bigint, bigint, text, text, text, text);
CREATE FUNCTION cordon.record_step_up(secret text, step_up_id text, factor_id text, time_step bigint, issued_at bigint, proof text, action text,
  object text, terms text, ticket text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('stepup', s."id", s."userId", factor_id, time_step::text, issued_at::text, action, object, terms),
    issued_at, proof);
  IF NOT cordon.may_use_totp_for(s."userId", s."realm", action) THEN PERFORM cordon.refuse('step_up.passkey_required'); END IF;
  IF NOT EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL) THEN
    PERFORM cordon.refuse('totp.unknown_factor');
  END IF;
  PERFORM cordon.use_time_step(factor_id, s."userId", time_step);
  INSERT INTO public."StepUp" ("id", "sessionId", "action", "object", "terms", "factor", "ticket", "expiresAt")
  VALUES (step_up_id, s."id", action, object, terms, 'totp', ticket, clock_timestamp() + interval '5 minutes');
END $$;

CREATE FUNCTION cordon.record_passkey_step_up(secret text, step_up_id text, passkey_id text, counter bigint, issued_at bigint, proof text, action text,
  object text, terms text, nonce text, ticket text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('passkey-stepup', s."id", s."userId", passkey_id, counter::text, issued_at::text, action, object, terms,
    nonce), issued_at, proof);
  PERFORM cordon.use_passkey(passkey_id, s."userId", counter);
  INSERT INTO public."StepUp" ("id", "sessionId", "action", "object", "terms", "nonce", "factor", "ticket", "expiresAt")
  VALUES (step_up_id, s."id", action, object, terms, nonce, 'passkey', ticket, clock_timestamp() + interval '5 minutes')
  ON CONFLICT ("nonce") DO NOTHING;
  IF NOT FOUND THEN PERFORM cordon.refuse('step_up.replayed'); END IF;
END $$;

-- Whether there is one to use up, for acts that do something elsewhere before their own transaction begins.
DROP FUNCTION cordon.has_step_up(text, text, text);
DROP FUNCTION cordon.use_step_up(text, text, text);
CREATE FUNCTION cordon.has_step_up(secret text, action text, object text, terms text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  RETURN EXISTS (SELECT 1 FROM public."StepUp" t WHERE t."sessionId" = s."id" AND t."action" = has_step_up.action AND t."object" = has_step_up.object
    AND t."terms" = has_step_up.terms AND t."usedAt" IS NULL AND t."expiresAt" > clock_timestamp());
END $$;

CREATE FUNCTION cordon.use_step_up(secret text, action text, object text, terms text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  found_ticket text;
BEGIN
  UPDATE public."StepUp" t SET "usedAt" = clock_timestamp()
  WHERE t."id" = (SELECT c."id" FROM public."StepUp" c WHERE c."sessionId" = s."id" AND c."action" = use_step_up.action
      AND c."object" = use_step_up.object AND c."terms" = use_step_up.terms AND c."usedAt" IS NULL AND c."expiresAt" > clock_timestamp()
    ORDER BY c."createdAt" LIMIT 1 FOR UPDATE)
  RETURNING t."ticket" INTO found_ticket;
  IF found_ticket IS NULL THEN PERFORM cordon.refuse('step_up.required'); END IF;
  RETURN found_ticket;
END $$;

-- As before, with the step-up's new shape, and after a recovery code with every other factor gone.
DROP FUNCTION cordon.begin_totp(text, text, text);
CREATE FUNCTION cordon.begin_totp(secret text, factor_id text, sealed text, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  IF s."aal" = 1 AND (EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL)
    OR EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId")) THEN
    PERFORM cordon.refuse('totp.already_enrolled');
  ELSIF s."aal" = 2 AND s."raisedBy" <> 'recovery' THEN
    PERFORM cordon.use_step_up(secret, 'totp.enrol', s."userId", terms);
  END IF;
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NULL;
  INSERT INTO public."TotpFactor" ("id", "userId", "sealed") VALUES (factor_id, s."userId", sealed);
END $$;

CREATE OR REPLACE FUNCTION cordon.confirm_totp(secret text, factor_id text, time_step bigint, issued_at bigint, proof text, recovery_hashes bytea[],
  new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 1);
BEGIN
  PERFORM cordon.check_proof(cordon.proof_text('raise', s."id", s."userId", factor_id, time_step::text, issued_at::text), issued_at, proof);
  -- The person's row is locked first: of two enrolments at once, the second sees the first.
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  IF s."aal" = 1 AND (EXISTS (SELECT 1 FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."confirmedAt" IS NOT NULL)
    OR EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = s."userId")) THEN
    PERFORM cordon.refuse('totp.already_enrolled');
  END IF;
  UPDATE public."TotpFactor" f SET "confirmedAt" = clock_timestamp(), "lastStep" = time_step
  WHERE f."id" = factor_id AND f."userId" = s."userId" AND f."confirmedAt" IS NULL AND f."createdAt" > clock_timestamp() - interval '15 minutes';
  IF NOT FOUND THEN PERFORM cordon.refuse('totp.unknown_factor'); END IF;
  DELETE FROM public."TotpFactor" f WHERE f."userId" = s."userId" AND f."id" <> factor_id;
  IF s."raisedBy" = 'recovery' THEN DELETE FROM public."Passkey" p WHERE p."userId" = s."userId"; END IF;
  PERFORM cordon.set_recovery_codes(s."userId", recovery_hashes);
  UPDATE public."Session" o SET "revokedAt" = clock_timestamp() WHERE o."userId" = s."userId" AND o."id" <> s."id" AND o."revokedAt" IS NULL;
  PERFORM cordon.succeed_session(s, CASE WHEN s."raisedBy" = 'passkey' THEN 'passkey' ELSE 'totp' END, new_session_id, new_secret_hash);
  UPDATE public."Session" n SET "passkeyId" = s."passkeyId" WHERE n."id" = new_session_id AND s."raisedBy" = 'passkey';
END $$;

DROP FUNCTION cordon.change_password(text, text);
CREATE FUNCTION cordon.change_password(secret text, password_hash text, terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
BEGIN
  PERFORM cordon.use_step_up(secret, 'password.change', s."userId", terms);
  UPDATE public."User" u SET "passwordHash" = password_hash WHERE u."id" = s."userId";
  PERFORM cordon.end_other_sessions(secret);
END $$;

-- As before, and whoever is dismissed loses their passkeys: coming back means enrolling and being endorsed again.
CREATE OR REPLACE FUNCTION cordon.set_staff(user_id text, role text, status text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cordon.administers('staff') THEN PERFORM cordon.refuse('context.required'); END IF;
  -- All staff in one order: two administrators cannot dismiss each other at once.
  PERFORM 1 FROM public."User" u WHERE u."realm" = 'staff' ORDER BY u."id" FOR UPDATE;
  UPDATE public."User" u SET "staffRole" = role::public."StaffRole", "status" = set_staff.status::public."UserStatus"
  WHERE u."id" = set_staff.user_id AND u."realm" = 'staff';
  IF NOT FOUND THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  IF NOT EXISTS (SELECT 1 FROM public."User" u WHERE u."staffRole" = 'administrator' AND u."status" = 'active') THEN
    PERFORM cordon.refuse('staff.last_administrator');
  END IF;
  IF set_staff.status = 'disabled' THEN
    UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."userId" = set_staff.user_id AND s."revokedAt" IS NULL;
    DELETE FROM public."Passkey" p WHERE p."userId" = set_staff.user_id;
  END IF;
END $$;

GRANT EXECUTE ON FUNCTION
  cordon.session(text), cordon.find_passkey(text), cordon.passkeys_of(text), cordon.takes_code_for(text, text),
  cordon.start_session_with_passkey(text, text, bigint, bigint, text, text, bytea, text, text, int),
  cordon.raise_session_with_passkey(text, text, bigint, bigint, text, text, bytea),
  cordon.add_passkey(text, text, text, text, boolean, text[], text, text, text, bigint, text, text, bytea[], text, bytea),
  cordon.renew_recovery_codes(text, bytea[], text), cordon.remove_passkey(text, text, boolean, text), cordon.remove_totp(text, text),
  cordon.rename_passkey(text, text), cordon.begin_totp(text, text, text, text), cordon.change_password(text, text, text),
  cordon.endorse_passkey(text, bigint, text), cordon.turn_down_passkey(text), cordon.raise_session_with_recovery(text, text[], text, bytea),
  cordon.record_step_up(text, text, text, bigint, bigint, text, text, text, text, text),
  cordon.record_passkey_step_up(text, text, text, bigint, bigint, text, text, text, text, text, text), cordon.use_step_up(text, text, text, text),
  cordon.has_step_up(text, text, text, text)
TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
