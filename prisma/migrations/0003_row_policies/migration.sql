-- What each role may see and write. Every table: FORCE ROW LEVEL SECURITY, so that even its owner sees nothing without a policy.
-- Look-ups of the context stand in (SELECT …), which PostgreSQL evaluates once per query instead of once per row.

DO $$
DECLARE
  t regclass;
BEGIN
  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations' LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %s TO cordon_definer USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

-- ---- cordon_definer: what its functions need
GRANT SELECT, INSERT, UPDATE ON "User", "Session", "TotpFactor", "RecoveryCode", "StepUp", "Throttle", "PolicyResource" TO cordon_definer;
GRANT DELETE ON "TotpFactor", "RecoveryCode", "Throttle" TO cordon_definer;
GRANT SELECT, INSERT ON "Membership", "AuditEvent", "AuditField" TO cordon_definer;
-- UPDATE on Organisation only to lock a row.
GRANT SELECT, UPDATE ON "Organisation", "Invitation", "ApiKey", "PolicyHead" TO cordon_definer;
GRANT SELECT ON "Project", "Certificate" TO cordon_definer;
GRANT SELECT, INSERT, UPDATE ON "Edge" TO cordon_definer;

-- ---- cordon_console: organisations and people
GRANT SELECT, INSERT ON "Organisation" TO cordon_console;
GRANT UPDATE ("name", "slug") ON "Organisation" TO cordon_console;
CREATE POLICY see ON "Organisation" FOR SELECT TO cordon_console USING (
  "id" = (SELECT cordon.current_organisation())
  OR (SELECT cordon.current_kind()) = 'staff'
  OR ((SELECT cordon.current_kind()) = 'person' AND "id" IN (SELECT m."organisationId" FROM "Membership" m)));
CREATE POLICY make ON "Organisation" FOR INSERT TO cordon_console WITH CHECK ((SELECT cordon.administers('staff')));
CREATE POLICY change ON "Organisation" FOR UPDATE TO cordon_console
  USING ("id" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member')));

GRANT SELECT ("id", "realm", "email", "name", "status", "staffRole", "createdAt") ON "User" TO cordon_console;
CREATE POLICY see ON "User" FOR SELECT TO cordon_console USING (
  "id" = (SELECT cordon.current_actor())
  OR ((SELECT cordon.current_kind()) = 'member' AND "id" IN (SELECT m."userId" FROM "Membership" m))
  OR ((SELECT cordon.current_kind()) = 'staff' AND "realm" = 'staff'));

GRANT SELECT, DELETE ON "Membership" TO cordon_console;
GRANT UPDATE ("role") ON "Membership" TO cordon_console;
CREATE POLICY see ON "Membership" FOR SELECT TO cordon_console USING (
  ((SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation()))
  OR ((SELECT cordon.current_kind()) = 'person' AND "userId" = (SELECT cordon.current_actor())));
-- An administrator neither makes nor unmakes owners.
CREATE POLICY change ON "Membership" FOR UPDATE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member'))
  AND ("role" <> 'owner' OR (SELECT cordon.current_standing()) = 'owner'));
CREATE POLICY remove ON "Membership" FOR DELETE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member'))
  AND ("role" <> 'owner' OR (SELECT cordon.current_standing()) = 'owner'));

GRANT SELECT ("id", "realm", "organisationId", "email", "memberRole", "staffRole", "invitedById", "createdAt", "expiresAt", "acceptedAt", "revokedAt")
  ON "Invitation" TO cordon_console;
GRANT INSERT ("id", "realm", "organisationId", "email", "memberRole", "staffRole", "secretHash", "invitedById", "createdAt", "expiresAt")
  ON "Invitation" TO cordon_console;
GRANT UPDATE ("revokedAt") ON "Invitation" TO cordon_console;
CREATE POLICY of_members ON "Invitation" TO cordon_console
  USING ("organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member')))
  WITH CHECK (
    "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member'))
    AND "realm" = 'customer' AND "staffRole" IS NULL AND "memberRole" IS NOT NULL
    AND ("memberRole" <> 'owner' OR (SELECT cordon.current_standing()) = 'owner')
    AND "expiresAt" < now() + interval '31 days');
-- Staff invite staff, and the first owner of an organisation they made.
CREATE POLICY of_staff ON "Invitation" TO cordon_console
  USING ((SELECT cordon.administers('staff')) AND ("realm" = 'staff' OR "invitedById" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff')))
  WITH CHECK (
    (SELECT cordon.administers('staff')) AND "expiresAt" < now() + interval '31 days'
    AND (("realm" = 'staff' AND "organisationId" IS NULL AND "memberRole" IS NULL AND "staffRole" IS NOT NULL)
      OR ("realm" = 'customer' AND "organisationId" IS NOT NULL AND "memberRole" = 'owner' AND "staffRole" IS NULL)));

-- ---- cordon_console: one's own sessions and factors, without what they are checked against
GRANT SELECT ("id", "userId", "realm", "aal", "raisedBy", "createdAt", "lastSeenAt", "expiresAt", "revokedAt", "addressPrefix", "userAgent")
  ON "Session" TO cordon_console;
GRANT SELECT ("id", "userId", "createdAt", "confirmedAt") ON "TotpFactor" TO cordon_console;
GRANT SELECT ("id", "userId", "createdAt", "usedAt") ON "RecoveryCode" TO cordon_console;
CREATE POLICY own ON "Session" FOR SELECT TO cordon_console USING ("userId" = (SELECT cordon.current_actor()));
CREATE POLICY own ON "TotpFactor" FOR SELECT TO cordon_console USING ("userId" = (SELECT cordon.current_actor()));
CREATE POLICY own ON "RecoveryCode" FOR SELECT TO cordon_console USING ("userId" = (SELECT cordon.current_actor()));

-- ---- cordon_console: projects and what belongs to them. An API key sees its one project.
GRANT SELECT, INSERT ON "Project" TO cordon_console;
GRANT UPDATE ("name", "environment", "status", "mode", "maxLifetimeSeconds", "wildcardChannel", "wildcardUser", "legacy006", "clockSkewSeconds",
  "stalenessSeconds", "fence", "fenceVersion") ON "Project" TO cordon_console;
CREATE POLICY see ON "Project" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation())
  AND ((SELECT cordon.current_project()) IS NULL OR "id" = (SELECT cordon.current_project())));
CREATE POLICY make ON "Project" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member' AND (SELECT cordon.may('project:write')));
CREATE POLICY change ON "Project" FOR UPDATE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.may('project:write'))
  AND ((SELECT cordon.current_project()) IS NULL OR "id" = (SELECT cordon.current_project())));

-- Foreign keys are checked without row policies: a row must not be hung under somebody else's project, hence the look-up.
GRANT SELECT, INSERT ON "Certificate" TO cordon_console;
GRANT UPDATE ("status", "endedAt") ON "Certificate" TO cordon_console;
GRANT SELECT, INSERT ON "Revocation" TO cordon_console;
GRANT SELECT ("id", "organisationId", "projectId", "name", "prefix", "scopes", "createdById", "createdAt", "expiresAt", "revokedAt", "lastUsedAt")
  ON "ApiKey" TO cordon_console;
GRANT INSERT ("id", "organisationId", "projectId", "name", "prefix", "secretHash", "scopes", "createdById", "createdAt", "expiresAt")
  ON "ApiKey" TO cordon_console;
GRANT UPDATE ("revokedAt") ON "ApiKey" TO cordon_console;

CREATE POLICY see ON "Certificate" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation())
  AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())));
CREATE POLICY make ON "Certificate" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.may('certificate:write'))
  AND "projectId" IN (SELECT p."id" FROM "Project" p));
CREATE POLICY change ON "Certificate" FOR UPDATE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.may('certificate:write'))
  AND "projectId" IN (SELECT p."id" FROM "Project" p));

CREATE POLICY see ON "Revocation" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation())
  AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())));
CREATE POLICY make ON "Revocation" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.may('revocation:write'))
  AND "projectId" IN (SELECT p."id" FROM "Project" p));

CREATE POLICY see ON "ApiKey" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member');
CREATE POLICY make ON "ApiKey" FOR INSERT TO cordon_console WITH CHECK (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member' AND (SELECT cordon.may('key:write'))
  AND "projectId" IN (SELECT p."id" FROM "Project" p));
CREATE POLICY change ON "ApiKey" FOR UPDATE TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_kind()) = 'member' AND (SELECT cordon.may('key:write')));

GRANT SELECT, INSERT, DELETE ON "Idempotency" TO cordon_console;
CREATE POLICY own ON "Idempotency" TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'key' AND "apiKeyId" = (SELECT cordon.current_actor())
  AND "organisationId" = (SELECT cordon.current_organisation()));

-- ---- cordon_console: policy and edges. Writing goes through publish().
GRANT SELECT ON "PolicyHead", "PolicyResource" TO cordon_console;
CREATE POLICY see ON "PolicyHead" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) IS NOT NULL);
CREATE POLICY see ON "PolicyResource" FOR SELECT TO cordon_console USING (
  ("kind" = 'edges' AND (SELECT cordon.current_kind()) IS NOT NULL)
  OR ("organisationId" = (SELECT cordon.current_organisation())
    AND ((SELECT cordon.current_project()) IS NULL OR "appId" IN (SELECT p."appId" FROM "Project" p))));

GRANT SELECT ("name", "region", "url", "bannedAt", "drainingAt", "createdAt", "connectedAt", "lastSeenAt", "build", "appliedSeq", "appliedAt",
  "enforcedSeq", "enforcedAt") ON "Edge" TO cordon_console;
GRANT INSERT ("name", "region", "url", "relay", "joinHash", "joinExpiresAt", "createdAt") ON "Edge" TO cordon_console;
GRANT UPDATE ("joinHash", "joinExpiresAt", "bannedAt", "drainingAt") ON "Edge" TO cordon_console;
CREATE POLICY see ON "Edge" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) IS NOT NULL);
CREATE POLICY make ON "Edge" FOR INSERT TO cordon_console WITH CHECK ((SELECT cordon.administers('staff')));
CREATE POLICY change ON "Edge" FOR UPDATE TO cordon_console USING ((SELECT cordon.administers('staff')));

-- An acknowledgement says which change was enforced where; customers see those of their own changes.
GRANT SELECT ON "EdgeAck" TO cordon_console;
CREATE POLICY see ON "EdgeAck" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff'
  OR "seq" IN (SELECT r."seq" FROM "Revocation" r)
  OR "seq" IN (SELECT r."seq" FROM "PolicyResource" r WHERE r."organisationId" IS NOT NULL));
GRANT SELECT ON "Spool" TO cordon_console;
CREATE POLICY see ON "Spool" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff');

GRANT SELECT ON "Decision", "MediaSession" TO cordon_console;
CREATE POLICY see ON "Decision" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation())
  AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())));
CREATE POLICY see ON "MediaSession" FOR SELECT TO cordon_console USING (
  "organisationId" = (SELECT cordon.current_organisation())
  AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())));

-- ---- cordon_control: all policy and the fleet; of people and keys nothing
GRANT SELECT ON "PolicyHead", "PolicyResource" TO cordon_control;
GRANT SELECT, INSERT, DELETE ON "PolicyFrame" TO cordon_control;
GRANT SELECT, INSERT, UPDATE ON "Edge", "EdgeAck", "Spool", "MediaSession" TO cordon_control;
GRANT SELECT, INSERT ON "Decision" TO cordon_control;
GRANT SELECT ("id", "organisationId", "appId", "name") ON "Project" TO cordon_control;
GRANT SELECT ("id", "projectId", "lastUsedAt") ON "Certificate" TO cordon_control;
GRANT UPDATE ("lastUsedAt") ON "Certificate" TO cordon_control;
CREATE POLICY control ON "PolicyHead" FOR SELECT TO cordon_control USING (true);
CREATE POLICY control ON "PolicyResource" FOR SELECT TO cordon_control USING (true);
CREATE POLICY control ON "PolicyFrame" TO cordon_control USING (true);
CREATE POLICY control ON "Edge" TO cordon_control USING (true);
CREATE POLICY control ON "EdgeAck" TO cordon_control USING (true);
CREATE POLICY control ON "Spool" TO cordon_control USING (true);
CREATE POLICY control ON "MediaSession" TO cordon_control USING (true);
CREATE POLICY control ON "Decision" TO cordon_control USING (true);
CREATE POLICY control ON "Project" FOR SELECT TO cordon_control USING (true);
CREATE POLICY control ON "Certificate" TO cordon_control USING (true);

-- ---- what cannot be taken back, whoever asks
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

CREATE FUNCTION cordon.keep_ended() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cordon.refuse('record.final');
  RETURN NULL;
END $$;

-- The row of the organisation is locked, so that two owners cannot step down at once.
CREATE FUNCTION cordon.keep_an_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public."Organisation" o WHERE o."id" = OLD."organisationId" FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM public."Membership" m WHERE m."organisationId" = OLD."organisationId" AND m."role" = 'owner') THEN
    PERFORM cordon.refuse('member.last_owner');
  END IF;
  RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION cordon.keep_ended(), cordon.keep_an_owner(), cordon.refuse(text) TO cordon_owner, cordon_console, cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER keep_revoked BEFORE UPDATE ON "ApiKey" FOR EACH ROW
  WHEN (OLD."revokedAt" IS NOT NULL AND NEW."revokedAt" IS DISTINCT FROM OLD."revokedAt") EXECUTE FUNCTION cordon.keep_ended();
CREATE TRIGGER keep_revoked BEFORE UPDATE ON "Invitation" FOR EACH ROW
  WHEN (OLD."revokedAt" IS NOT NULL AND NEW."revokedAt" IS DISTINCT FROM OLD."revokedAt") EXECUTE FUNCTION cordon.keep_ended();
CREATE TRIGGER keep_deleted BEFORE UPDATE ON "Certificate" FOR EACH ROW
  WHEN (OLD."status" = 'deleted' AND NEW."status" <> 'deleted') EXECUTE FUNCTION cordon.keep_ended();
CREATE TRIGGER keep_an_owner AFTER UPDATE OR DELETE ON "Membership" FOR EACH ROW
  WHEN (OLD."role" = 'owner') EXECUTE FUNCTION cordon.keep_an_owner();
