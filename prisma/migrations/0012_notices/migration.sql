-- What a person is told about their own account, who minted a token in the console, and word to open pages that their session is over.
-- Notices are written by the act itself and mailed under a role of their own: SQL smuggled into the console neither takes one back nor marks
-- it as sent.

CREATE TABLE "Notice" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "sessionId" TEXT,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fields" JSONB NOT NULL,
    "addressPrefix" TEXT NOT NULL DEFAULT '',
    "userAgent" TEXT NOT NULL DEFAULT '',
    "readAt" TIMESTAMPTZ(3),
    "mailedAt" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Notice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Notice_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "Notice_userId_at_idx" ON "Notice"("userId", "at" DESC);
CREATE INDEX "Notice_waiting_idx" ON "Notice"("nextTryAt") WHERE "mailedAt" IS NULL;

CREATE TABLE "MintedToken" (
    "tokenId" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "mintedById" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "MintedToken_pkey" PRIMARY KEY ("tokenId"),
    CONSTRAINT "MintedToken_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "MintedToken_organisationId_mintedById_idx" ON "MintedToken"("organisationId", "mintedById");
CREATE INDEX "MintedToken_expiresAt_idx" ON "MintedToken"("expiresAt");

-- The session that took this one's place when it was raised: its end is no end for the page that is open.
ALTER TABLE "Session" ADD COLUMN "successorId" TEXT;
GRANT SELECT ("successorId") ON "Session" TO cordon_console;

ALTER TABLE "Notice" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "Notice" FORCE ROW LEVEL SECURITY;
ALTER TABLE "MintedToken" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "MintedToken" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "Notice" TO cordon_definer USING (true) WITH CHECK (true);
CREATE POLICY definer ON "MintedToken" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "Notice" TO cordon_definer;

GRANT SELECT ON "Notice" TO cordon_console;
CREATE POLICY own ON "Notice" FOR SELECT TO cordon_console USING ("userId" = (SELECT cordon.current_actor()));

GRANT SELECT, INSERT, DELETE ON "MintedToken" TO cordon_console;
CREATE POLICY see ON "MintedToken" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member');
CREATE POLICY make ON "MintedToken" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member'
  AND "mintedById" = (SELECT cordon.current_actor()) AND "projectId" IN (SELECT p."id" FROM "Project" p));
CREATE POLICY prune ON "MintedToken" FOR DELETE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND "expiresAt" < now());

-- As in 0003, and in one's own name: a key ends with the membership of whoever made it.
DROP POLICY make ON "ApiKey";
CREATE POLICY make ON "ApiKey" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member' AND (SELECT cordon.may('key:write'))
  AND "createdById" = (SELECT cordon.current_actor()) AND "projectId" IN (SELECT p."id" FROM "Project" p));

-- Only to lock a row.
GRANT UPDATE ("role") ON "Membership" TO cordon_definer;

GRANT USAGE ON SCHEMA cordon TO cordon_mailer;
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- ---- notices: written

CREATE FUNCTION cordon.insert_notice(notice_id text, user_id text, session_id text, kind text, fields jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(kind) > 64 OR jsonb_typeof(fields) <> 'object' OR length(fields::text) > 2048 THEN PERFORM cordon.refuse('context.required'); END IF;
  INSERT INTO public."Notice" ("id", "userId", "sessionId", "kind", "at", "fields", "addressPrefix", "userAgent", "nextTryAt")
  SELECT notice_id, insert_notice.user_id, s."id", insert_notice.kind, clock_timestamp(), insert_notice.fields, coalesce(s."addressPrefix", ''),
    coalesce(s."userAgent", ''), clock_timestamp()
  FROM (SELECT 1) one LEFT JOIN public."Session" s ON s."id" = session_id;
  DELETE FROM public."Notice" n WHERE n."userId" = insert_notice.user_id AND n."at" < clock_timestamp() - interval '1 year';
  PERFORM pg_notify('notice', '');
END $$;

-- About one's own act, with the session that did it; or about what administrators did to an account within their reach.
CREATE FUNCTION cordon.notify(notice_id text, user_id text, kind text, fields jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  context text[] := cordon.verified_context();
BEGIN
  IF context[1] IN ('person', 'member', 'staff') AND context[3] = notify.user_id THEN
    PERFORM cordon.insert_notice(notice_id, user_id, nullif(context[5], ''), kind, fields);
  ELSIF (cordon.administers('member') AND kind IN ('member.removed', 'member.role', 'sessions.ended', 'password.reset')
      AND EXISTS (SELECT 1 FROM public."Membership" m WHERE m."userId" = notify.user_id AND m."organisationId" = context[2]))
    OR (context[1] = 'staff' AND context[4] IN ('administrator', 'security')
      AND kind IN ('employee.changed', 'sessions.ended', 'password.reset', 'passkey.endorsed', 'passkey.turned-down')
      AND EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = notify.user_id AND u."realm" = 'staff')) THEN
    PERFORM cordon.insert_notice(notice_id, user_id, NULL, kind, fields);
  ELSE
    PERFORM cordon.refuse('context.required');
  END IF;
END $$;

-- The password was right and the second factor was not. Whoever holds the session of the password alone is not signed in; the notice is for
-- the person whose password it is, once an hour.
CREATE FUNCTION cordon.notify_half(secret text, notice_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session";
BEGIN
  SELECT * INTO s FROM cordon.live_session(secret);
  IF s."id" IS NULL OR s."aal" <> 1 THEN RETURN; END IF;
  -- Of guesses at the same moment, one finds no notice yet.
  PERFORM 1 FROM public."User" u WHERE u."id" = s."userId" FOR UPDATE;
  IF EXISTS (SELECT 1 FROM public."Notice" n
    WHERE n."userId" = s."userId" AND n."kind" = 'sign-in.half' AND n."at" > clock_timestamp() - interval '1 hour') THEN
    RETURN;
  END IF;
  PERFORM cordon.insert_notice(notice_id, s."userId", s."id", 'sign-in.half', '{}');
END $$;

CREATE FUNCTION cordon.read_notices(ids text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Notice" n SET "readAt" = clock_timestamp()
  WHERE n."id" = ANY (ids) AND n."userId" = cordon.current_actor() AND cordon.current_kind() = 'person' AND n."readAt" IS NULL
$$;

-- ---- notices: mailed. Claiming sets when the next try is due, so a mailer that dies in between costs a second mail, never a lost one.

CREATE FUNCTION cordon.claim_notices(how_many int) RETURNS TABLE (id text, email text, realm text, kind text, at timestamptz, address_prefix text,
  user_agent text, tries int)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH due AS (
    SELECT n."id" FROM public."Notice" n
    WHERE n."mailedAt" IS NULL AND n."nextTryAt" <= clock_timestamp() AND n."tries" < 8 AND n."at" > clock_timestamp() - interval '3 days'
    ORDER BY n."nextTryAt" LIMIT least(greatest(how_many, 1), 20) FOR UPDATE SKIP LOCKED),
  claimed AS (
    -- 30 s, 2 min, 8 min, 32 min, 2 h, 9 h, 34 h
    UPDATE public."Notice" n SET "tries" = n."tries" + 1, "nextTryAt" = clock_timestamp() + make_interval(secs => 30 * 4 ^ n."tries")
    FROM due WHERE n."id" = due."id" RETURNING n.*)
  SELECT c."id", u."email", u."realm"::text, c."kind", c."at"::timestamptz, c."addressPrefix", c."userAgent", c."tries"
  FROM claimed c JOIN public."User" u ON u."id" = c."userId" ORDER BY c."at"
$$;

CREATE FUNCTION cordon.notice_mailed(notice_id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public."Notice" n SET "mailedAt" = clock_timestamp() WHERE n."id" = notice_id AND n."tries" > 0
$$;

-- ---- what a member leaves behind

-- For acts that leave something behind: a removal under way ends first and then refuses them, or waits and then finds what they left.
CREATE FUNCTION cordon.hold_membership() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public."Membership" m
  WHERE m."userId" = cordon.current_actor() AND m."organisationId" = cordon.current_organisation() FOR KEY SHARE;
  IF NOT FOUND THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
END $$;

-- The keys a member made go on under the name of whoever removes them.
CREATE FUNCTION cordon.take_over_keys(user_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cordon.administers('member') THEN PERFORM cordon.refuse('context.required'); END IF;
  UPDATE public."ApiKey" k SET "createdById" = cordon.current_actor()
  WHERE k."organisationId" = cordon.current_organisation() AND k."createdById" = take_over_keys.user_id AND k."revokedAt" IS NULL;
END $$;

-- Every session of an employee, or of a member who belongs to no other organisation: a session is the person's, not the organisation's.
CREATE FUNCTION cordon.end_sessions_of(user_id text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  standing text;
  ended int;
BEGIN
  IF end_sessions_of.user_id = cordon.current_actor() THEN PERFORM cordon.refuse('context.required'); END IF;
  IF cordon.administers('member') THEN
    SELECT m."role"::text INTO standing FROM public."Membership" m
    WHERE m."userId" = end_sessions_of.user_id AND m."organisationId" = cordon.current_organisation();
    IF standing IS NULL THEN PERFORM cordon.refuse('organisation.not_found'); END IF;
    IF standing = 'owner' AND cordon.current_standing() <> 'owner' THEN PERFORM cordon.refuse('context.required'); END IF;
    IF EXISTS (SELECT 1 FROM public."Membership" m
      WHERE m."userId" = end_sessions_of.user_id AND m."organisationId" <> cordon.current_organisation()) THEN
      PERFORM cordon.refuse('member.elsewhere');
    END IF;
  ELSIF NOT cordon.administers('staff')
    OR NOT EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = end_sessions_of.user_id AND u."realm" = 'staff') THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp() WHERE s."userId" = end_sessions_of.user_id AND s."revokedAt" IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;

-- ---- open pages

-- As in 0010, and says which session took the place.
CREATE OR REPLACE FUNCTION cordon.succeed_session(old public."Session", raised_by text, new_session_id text, new_secret_hash bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp(), "successorId" = new_session_id
  WHERE s."id" = old."id" AND s."revokedAt" IS NULL;
  IF NOT FOUND THEN PERFORM cordon.refuse('session.invalid'); END IF;
  INSERT INTO public."Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "createdAt", "lastSeenAt", "expiresAt",
    "addressPrefix", "userAgent")
  VALUES (new_session_id, new_secret_hash, old."userId", old."realm", 2, raised_by, clock_timestamp(), clock_timestamp(),
    CASE WHEN old."aal" = 2 THEN old."expiresAt" ELSE clock_timestamp() + (old."expiresAt" - old."createdAt") END,
    old."addressPrefix", old."userAgent");
  PERFORM cordon.set_context('person', NULL, old."userId", old."realm"::text, new_session_id, NULL);
END $$;

-- How each of these sessions stands, without counting as being seen, and which organisations it gets into. A session that is over says why, to
-- whoever holds its secret.
CREATE FUNCTION cordon.watch(secrets text[]) RETURNS TABLE (n int, state text, user_id text, realm text, organisations text[])
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
      AND cordon.policy_refusal(s, cordon.access_policy_of(m."organisationId")) IS NULL ORDER BY 1)
  FROM unnest(secrets[1:500]) WITH ORDINALITY AS w(secret, n)
  JOIN public."Session" s ON s."secretHash" = cordon.hash(w.secret) AND s."aal" = 2
  JOIN public."User" u ON u."id" = s."userId"
  LEFT JOIN LATERAL (SELECT l."id", l."userId" FROM cordon.live_session(w.secret) l) live ON true
  LEFT JOIN LATERAL (SELECT cordon.policy_refusal(s, cordon.access_policy_of(NULL)) AS refusal) staff ON s."realm" = 'staff'
$$;

-- The payload is the person's id. Whoever listens asks how the session stands; a made-up message makes them ask once more.
CREATE FUNCTION cordon.tell_pages() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'User' THEN
    PERFORM pg_notify('session', NEW."id");
  ELSIF TG_TABLE_NAME = 'Session' THEN
    PERFORM pg_notify('session', NEW."userId");
  ELSE
    PERFORM pg_notify('session', OLD."userId");
  END IF;
  RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION cordon.notify(text, text, text, jsonb), cordon.notify_half(text, text), cordon.read_notices(text[]), cordon.hold_membership(),
  cordon.take_over_keys(text),  cordon.end_sessions_of(text), cordon.watch(text[])
TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.claim_notices(int), cordon.notice_mailed(text) TO cordon_mailer;
GRANT EXECUTE ON FUNCTION cordon.tell_pages() TO cordon_owner, cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER tell_pages AFTER UPDATE OF "revokedAt" ON "Session" FOR EACH ROW
  WHEN (OLD."revokedAt" IS NULL AND NEW."revokedAt" IS NOT NULL) EXECUTE FUNCTION cordon.tell_pages();
CREATE TRIGGER tell_pages AFTER UPDATE OF "status" ON "User" FOR EACH ROW
  WHEN (NEW."status" IS DISTINCT FROM OLD."status") EXECUTE FUNCTION cordon.tell_pages();
CREATE TRIGGER tell_pages AFTER DELETE ON "Membership" FOR EACH ROW EXECUTE FUNCTION cordon.tell_pages();
