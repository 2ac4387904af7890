-- A way back for whoever forgot their password. A reset link stands in for the password and for nothing else: the second factor is asked as at every
-- sign-in, and only a session that gave it may set the new password. So neither the administrator who hands the link over nor
-- whoever reads the mailbox can get in with it.

CREATE TABLE "PasswordReset" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "secretHash" BYTEA NOT NULL CHECK (octet_length("secretHash") = 32),
    "startedById" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    CONSTRAINT "PasswordReset_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PasswordReset_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "PasswordReset_secretHash_key" ON "PasswordReset"("secretHash");
CREATE INDEX "PasswordReset_userId_idx" ON "PasswordReset"("userId");

ALTER TABLE "PasswordReset" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "PasswordReset" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "PasswordReset" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "PasswordReset" TO cordon_definer;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- One open link a person and way: a newer one replaces it, and a stranger's asking never replaces what an administrator handed over.
CREATE FUNCTION cordon.open_password_reset(user_id text, reset_id text, secret_hash bytea, started_by text, ttl interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public."PasswordReset" r
  WHERE r."userId" = open_password_reset.user_id AND r."usedAt" IS NULL AND (r."startedById" IS NULL) = (started_by IS NULL);
  INSERT INTO public."PasswordReset" ("id", "userId", "secretHash", "startedById", "expiresAt")
  VALUES (reset_id, open_password_reset.user_id, secret_hash, started_by, clock_timestamp() + ttl);
END $$;

-- Asked for by whoever knows the address, to be mailed to that address: one hour. Null when there is no such active account; the caller
-- answers the same either way.
CREATE FUNCTION cordon.ask_password_reset(realm text, email text, reset_id text, secret_hash bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_id text;
BEGIN
  SELECT u."id" INTO found_id FROM public."User" u
  WHERE u."realm" = ask_password_reset.realm::public."Realm" AND u."email" = lower(ask_password_reset.email) AND u."status" = 'active';
  IF found_id IS NOT NULL THEN PERFORM cordon.open_password_reset(found_id, reset_id, secret_hash, NULL, interval '1 hour'); END IF;
  RETURN found_id;
END $$;

-- Handed over by an administrator: of staff for staff, of an organisation for its members, owners by owners. A day.
CREATE FUNCTION cordon.offer_password_reset(user_id text, reset_id text, secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  allowed boolean;
BEGIN
  IF offer_password_reset.user_id = cordon.current_actor() THEN PERFORM cordon.refuse('context.required'); END IF;
  IF cordon.administers('staff') THEN
    allowed := EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = offer_password_reset.user_id AND u."realm" = 'staff' AND u."status" = 'active');
  ELSIF cordon.administers('member') THEN
    allowed := EXISTS (SELECT 1 FROM public."Membership" m JOIN public."User" u ON u."id" = m."userId"
      WHERE m."userId" = offer_password_reset.user_id AND m."organisationId" = cordon.current_organisation() AND u."status" = 'active'
        AND (m."role" <> 'owner' OR cordon.current_standing() = 'owner'));
  END IF;
  IF allowed IS NOT TRUE THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
  PERFORM cordon.open_password_reset(user_id, reset_id, secret_hash, cordon.current_actor(), interval '1 day');
END $$;

CREATE FUNCTION cordon.password_reset(link_secret text) RETURNS SETOF public."PasswordReset"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.* FROM public."PasswordReset" r JOIN public."User" u ON u."id" = r."userId"
  WHERE r."secretHash" = cordon.hash(link_secret) AND r."usedAt" IS NULL AND r."expiresAt" > clock_timestamp() AND u."status" = 'active'
$$;

CREATE FUNCTION cordon.find_password_reset(link_secret text) RETURNS TABLE (user_id text, realm text, email text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u."id", u."realm"::text, u."email", r."expiresAt"::timestamptz FROM cordon.password_reset(link_secret) r JOIN public."User" u ON u."id" = r."userId"
$$;

-- With the link in place of the password: a session that can do nothing but give the second factor, as after any password.
CREATE FUNCTION cordon.start_session_with_reset(link_secret text, session_id text, secret_hash bytea, address_prefix text, user_agent text,
  ttl_seconds int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r public."PasswordReset";
BEGIN
  SELECT * INTO r FROM cordon.password_reset(link_secret);
  IF r."id" IS NULL THEN PERFORM cordon.refuse('reset.invalid'); END IF;
  PERFORM cordon.start_session(r."userId", session_id, secret_hash, address_prefix, user_agent, ttl_seconds);
  RETURN r."userId";
END $$;

-- The new password, from a session of the same person that holds a second factor. Every other session ends; the link is used up.
CREATE FUNCTION cordon.reset_password(link_secret text, secret text, password_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_work(secret);
  used text;
BEGIN
  UPDATE public."PasswordReset" r SET "usedAt" = clock_timestamp()
  WHERE r."id" = (SELECT o."id" FROM cordon.password_reset(link_secret) o WHERE o."userId" = s."userId") AND r."usedAt" IS NULL
  RETURNING r."id" INTO used;
  IF used IS NULL THEN PERFORM cordon.refuse('reset.invalid'); END IF;
  UPDATE public."User" u SET "passwordHash" = password_hash WHERE u."id" = s."userId";
  PERFORM cordon.end_other_sessions(secret);
  PERFORM cordon.set_context('person', NULL, s."userId", s."realm"::text, s."id", NULL);
END $$;

-- At most ten live sessions a person: the eleventh ends the one unused for longest. Runs in whatever begins a session with both factors.
CREATE FUNCTION cordon.limit_sessions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."id" IN (
    SELECT o."id" FROM public."Session" o
    WHERE o."userId" = NEW."userId" AND o."aal" = 2 AND o."revokedAt" IS NULL AND o."expiresAt" > clock_timestamp() AND o."id" <> NEW."id"
    ORDER BY o."lastSeenAt" DESC OFFSET 9);
  RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION cordon.ask_password_reset(text, text, text, bytea), cordon.offer_password_reset(text, text, bytea),
  cordon.find_password_reset(text), cordon.start_session_with_reset(text, text, bytea, text, text, int), cordon.reset_password(text, text, text)
TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.limit_sessions() TO cordon_owner;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER limit_sessions AFTER INSERT OR UPDATE OF "aal" ON "Session" FOR EACH ROW WHEN (NEW."aal" = 2) EXECUTE FUNCTION cordon.limit_sessions();
