-- Invitations, first set-up, own profile, employees, and what the installer may do.

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

CREATE FUNCTION cordon.open_invitation(link_secret text) RETURNS SETOF public."Invitation"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.* FROM public."Invitation" i WHERE i."secretHash" = cordon.hash(link_secret)
    AND i."acceptedAt" IS NULL AND i."revokedAt" IS NULL AND i."expiresAt" > clock_timestamp()
$$;

CREATE FUNCTION cordon.find_invitation(link_secret text) RETURNS TABLE (id text, realm text, organisation_id text, organisation_name text,
  email text, member_role text, staff_role text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i."id", i."realm"::text, i."organisationId", o."name", i."email", i."memberRole"::text, i."staffRole"::text, i."expiresAt"::timestamptz
  FROM cordon.open_invitation(link_secret) i LEFT JOIN public."Organisation" o ON o."id" = i."organisationId"
$$;

-- Marks the invitation as used, once; gives it back.
CREATE FUNCTION cordon.take_invitation(link_secret text) RETURNS public."Invitation"
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public."Invitation";
BEGIN
  UPDATE public."Invitation" t SET "acceptedAt" = clock_timestamp()
  WHERE t."secretHash" = cordon.hash(link_secret) AND t."acceptedAt" IS NULL AND t."revokedAt" IS NULL AND t."expiresAt" > clock_timestamp()
  RETURNING t.* INTO i;
  IF i."id" IS NULL THEN PERFORM cordon.refuse('invitation.invalid'); END IF;
  RETURN i;
END $$;

CREATE FUNCTION cordon.accept_invitation(link_secret text, user_id text, name text, password_hash text, membership_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public."Invitation" := cordon.take_invitation(link_secret);
BEGIN
  INSERT INTO public."User" ("id", "realm", "email", "name", "passwordHash", "staffRole")
  VALUES (user_id, i."realm", i."email", accept_invitation.name, password_hash, i."staffRole") ON CONFLICT ("realm", "email") DO NOTHING;
  IF NOT FOUND THEN PERFORM cordon.refuse('invitation.account_exists'); END IF;
  IF i."organisationId" IS NOT NULL THEN
    INSERT INTO public."Membership" ("id", "organisationId", "userId", "role") VALUES (membership_id, i."organisationId", user_id, i."memberRole");
  END IF;
  PERFORM cordon.set_context('person', NULL, user_id, i."realm"::text, NULL, NULL);
END $$;

-- For somebody who has an account: the invitation must be for that account's address.
CREATE FUNCTION cordon.accept_invitation_signed_in(link_secret text, session_secret text, membership_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(session_secret, 2);
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

-- ---- first set-up: a link the installer prints, good once

CREATE FUNCTION cordon.setup_open() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM cordon.setup s WHERE s.claimed_at IS NULL AND s.expires_at > clock_timestamp())
$$;

CREATE FUNCTION cordon.claim_setup(link_secret text, user_id text, email text, name text, password_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE cordon.setup s SET claimed_at = clock_timestamp()
  WHERE s.link_hash = cordon.hash(link_secret) AND s.claimed_at IS NULL AND s.expires_at > clock_timestamp();
  IF NOT FOUND THEN PERFORM cordon.refuse('setup.closed'); END IF;
  INSERT INTO public."User" ("id", "realm", "email", "name", "passwordHash", "staffRole")
  VALUES (user_id, 'staff', lower(claim_setup.email), claim_setup.name, password_hash, 'administrator') ON CONFLICT ("realm", "email") DO NOTHING;
  IF NOT FOUND THEN PERFORM cordon.refuse('setup.address_taken'); END IF;
  PERFORM cordon.set_context('person', NULL, user_id, 'staff', NULL, NULL);
END $$;

-- ---- profile and employees

CREATE FUNCTION cordon.rename_self(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public."User" u SET "name" = rename_self.name WHERE u."id" = cordon.current_actor() AND cordon.current_kind() IN ('person', 'member', 'staff');
  IF NOT FOUND THEN PERFORM cordon.refuse('context.required'); END IF;
END $$;

CREATE FUNCTION cordon.change_password(secret text, password_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s public."Session" := cordon.require_session(secret, 2);
BEGIN
  PERFORM cordon.use_step_up(secret, 'password.change', s."userId");
  UPDATE public."User" u SET "passwordHash" = password_hash WHERE u."id" = s."userId";
  PERFORM cordon.end_other_sessions(secret);
END $$;

CREATE FUNCTION cordon.set_staff(user_id text, role text, status text) RETURNS void
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
  UPDATE public."Session" s SET "revokedAt" = clock_timestamp()
  WHERE s."userId" = set_staff.user_id AND s."revokedAt" IS NULL AND set_staff.status = 'disabled';
END $$;

CREATE FUNCTION cordon.fleet() RETURNS TABLE (name text, region text, url text, relay text, certificate_expires_at timestamptz, banned_at timestamptz,
  draining_at timestamptz, connected_at timestamptz, last_seen_at timestamptz, boot_id text, build text, applied_seq bigint, applied_at timestamptz,
  enforced_seq bigint, enforced_at timestamptz, active_hash text, refusal jsonb, report jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e."name", e."region", e."url", e."relay", e."certificateExpiresAt", e."bannedAt", e."drainingAt", e."connectedAt", e."lastSeenAt", e."bootId",
    e."build", e."appliedSeq", e."appliedAt", e."enforcedSeq", e."enforcedAt", e."activeHash", e."refusal", e."report"
  FROM public."Edge" e WHERE cordon.current_kind() = 'staff' ORDER BY e."region", e."name"
$$;

GRANT EXECUTE ON FUNCTION cordon.find_invitation(text), cordon.accept_invitation(text, text, text, text, text),
  cordon.accept_invitation_signed_in(text, text, text), cordon.setup_open(), cordon.claim_setup(text, text, text, text, text),
  cordon.rename_self(text), cordon.change_password(text, text), cordon.set_staff(text, text, text), cordon.fleet()
TO cordon_console;

-- ---- the installer's (not the console's): set-up links, edges that may join

CREATE FUNCTION cordon.has_administrator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."User" u WHERE u."staffRole" = 'administrator' AND u."status" = 'active')
$$;

CREATE FUNCTION cordon.expect_edge(name text, region text, url text, relay text, join_hash bytea, ttl_seconds int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public."Edge" ("name", "region", "url", "relay", "joinHash", "joinExpiresAt")
  VALUES (name, region, url, relay, join_hash, clock_timestamp() + make_interval(secs => ttl_seconds))
  ON CONFLICT ("name") DO UPDATE SET "region" = excluded."region", "url" = excluded."url", "relay" = excluded."relay",
    "joinHash" = excluded."joinHash", "joinExpiresAt" = excluded."joinExpiresAt"
$$;

GRANT EXECUTE ON FUNCTION cordon.has_administrator(), cordon.expect_edge(text, text, text, text, bytea, int) TO cordon_owner;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
