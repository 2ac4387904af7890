-- The audit log is added to and read, by grants first and by triggers for whoever holds more. Neither stops a superuser; that is
-- what signed and witnessed checkpoints are for.

-- No INSERT on xid: a writer that chose its own could place an event behind the sequencer's cursor.
GRANT INSERT ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header", "commitments")
  ON "AuditEvent" TO cordon_console, cordon_control;
GRANT SELECT ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header", "commitments")
  ON "AuditEvent" TO cordon_console;
GRANT INSERT ON "AuditField" TO cordon_console, cordon_control;
GRANT SELECT ON "AuditField" TO cordon_console;

-- CASE, not OR: beside an OR the planner gives up reading a log in the order of its index. Queries name the organisation themselves.
CREATE POLICY see ON "AuditEvent" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    ELSE "organisationId" = (SELECT cordon.current_organisation())
      AND ((SELECT cordon.current_project()) IS NULL OR "projectId" = (SELECT cordon.current_project())) END);
CREATE POLICY see ON "AuditField" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    ELSE "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_project()) IS NULL END);

-- Nobody writes in another's name: the kind of actor follows from the context, and the time from the clock.
CREATE POLICY append ON "AuditEvent" FOR INSERT TO cordon_console WITH CHECK (
  "at" BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '2 minutes'
  AND CASE (SELECT cordon.current_kind())
    WHEN 'member' THEN "actorKind" = 'member' AND "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'key' THEN "actorKind" = 'api-key' AND "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'staff' THEN "actorKind" = 'staff'
    -- A person's own acts: in the provider's log, and in those of the organisations they belong to.
    WHEN 'person' THEN "actorKind" IN ('member', 'staff')
      AND ("organisationId" IS NULL OR "organisationId" IN (SELECT m."organisationId" FROM "Membership" m))
    ELSE false END);
CREATE POLICY append ON "AuditField" FOR INSERT TO cordon_console WITH CHECK (
  CASE (SELECT cordon.current_kind())
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'key' THEN "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'staff' THEN true
    WHEN 'person' THEN "organisationId" IS NULL OR "organisationId" IN (SELECT m."organisationId" FROM "Membership" m)
    ELSE false END);
CREATE POLICY append_control ON "AuditEvent" FOR INSERT TO cordon_control WITH CHECK ("actorKind" IN ('edge', 'system'));
CREATE POLICY append_control ON "AuditField" FOR INSERT TO cordon_control WITH CHECK (true);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

CREATE FUNCTION cordon.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CD001', MESSAGE = 'audit.append_only';
END $$;

-- For somebody who is not signed in: only refusals and failures, only in the provider's log, only as anonymous.
CREATE FUNCTION cordon.append_anonymous(event jsonb, fields jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF event ->> 'outcome' NOT IN ('refused', 'failed') OR jsonb_array_length(fields) > 16 THEN PERFORM cordon.refuse('context.required'); END IF;
  INSERT INTO public."AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId",
    "projectId", "header", "commitments")
  VALUES ((event ->> 'id')::uuid, NULL, (event ->> 'at')::timestamptz, (event ->> 'actId')::uuid, event ->> 'schema', event ->> 'outcome', 'anonymous',
    event ->> 'actor', event ->> 'objectType', event ->> 'objectId', NULL, decode(event ->> 'header', 'base64'), event -> 'commitments');
  INSERT INTO public."AuditField" ("eventId", "name", "organisationId", "subject", "salt", "value")
  SELECT (event ->> 'id')::uuid, f ->> 'name', NULL, coalesce(f ->> 'subject', ''), decode(f ->> 'salt', 'base64'), decode(f ->> 'value', 'base64')
  FROM jsonb_array_elements(fields) f;
END $$;

GRANT EXECUTE ON FUNCTION cordon.refuse_audit_change() TO cordon_owner, cordon_console, cordon_control;
GRANT EXECUTE ON FUNCTION cordon.append_anonymous(jsonb, jsonb) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "AuditEvent" FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change();
-- A field's value may be erased, together with the salt that ties it to its commitment; nothing else about it changes.
CREATE TRIGGER erase_only BEFORE UPDATE ON "AuditField" FOR EACH ROW
  WHEN (NEW."value" IS NOT NULL OR NEW."salt" IS NOT NULL OR NEW."eventId" <> OLD."eventId" OR NEW."name" <> OLD."name"
    OR NEW."organisationId" IS DISTINCT FROM OLD."organisationId")
  EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "AuditField" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "AuditField" FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change();
