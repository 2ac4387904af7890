-- Events become entries of a transparency log (lib/kernel/log). The writer adds the entry (what the log commits to) and the seed of the salts
-- that open the header's fields. Personal values are sealed under keys of their subject, which the keyring holds: to forget somebody is to
-- destroy keys, in every copy of these rows at once. An event is one row, and one more for each subject its values belong to.

CREATE TABLE "AuditValue" (
    "eventId" UUID NOT NULL,
    -- Whose data it is (usr_…); empty when nobody's; `gone_` and the id of the destroyed key once it is erased.
    "subject" TEXT NOT NULL,
    "organisationId" TEXT,
    "sealed" BYTEA NOT NULL CHECK (octet_length("sealed") BETWEEN 9 AND 49152),
    CONSTRAINT "AuditValue_pkey" PRIMARY KEY ("eventId", "subject")
);
CREATE INDEX "AuditValue_subject_idx" ON "AuditValue"("subject") WHERE "subject" <> '';

ALTER TABLE "AuditEvent" ADD COLUMN "seed" BYTEA, ADD COLUMN "entry" BYTEA;

-- Events of before: two fields, the whole header and the whole list of commitments; the seed is both salts. Their values stay as they are.
ALTER TABLE "AuditEvent" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditField" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditEvent" DISABLE TRIGGER append_only;
UPDATE "AuditEvent" SET "seed" = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
UPDATE "AuditEvent" e SET "entry" = convert_to(E'cordon/audit/event/v1\n', 'UTF8') || '\x02'::bytea || sha256('\x01'::bytea
  || sha256('\x00'::bytea || convert_to(E'cordon/audit/field/v1\n', 'UTF8') || '\x06'::bytea || convert_to('header', 'UTF8')
    || substr(e."seed", 1, 16) || e."header")
  || sha256('\x00'::bytea || convert_to(E'cordon/audit/field/v1\n', 'UTF8') || '\x0b'::bytea || convert_to('commitments', 'UTF8')
    || substr(e."seed", 17) || convert_to((
      SELECT '{' || coalesce(string_agg(to_json(c.key) || ':' || to_json(c.value), ',' ORDER BY c.key COLLATE "C"), '') || '}'
      FROM jsonb_each_text(e."commitments") c), 'UTF8')));
ALTER TABLE "AuditEvent" ENABLE TRIGGER append_only;
ALTER TABLE "AuditEvent" FORCE ROW LEVEL SECURITY;
INSERT INTO "AuditValue" ("eventId", "subject", "organisationId", "sealed")
SELECT f."eventId", f."subject", f."organisationId", '\x0000000000000000'::bytea || convert_to(
  json_object_agg(f."name", json_build_array(encode(f."salt", 'base64'), convert_from(f."value", 'UTF8')::json))::text, 'UTF8')
FROM "AuditField" f WHERE f."value" IS NOT NULL AND f."salt" IS NOT NULL
GROUP BY f."eventId", f."subject", f."organisationId";
DROP TABLE "AuditField";

ALTER TABLE "AuditEvent" ALTER COLUMN "seed" SET NOT NULL, ALTER COLUMN "entry" SET NOT NULL,
  ADD CONSTRAINT "AuditEvent_entry" CHECK (octet_length("entry") = 55 AND octet_length("seed") IN (16, 32));

ALTER TABLE "AuditValue" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AuditValue" FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON "AuditValue" TO cordon_definer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON "AuditValue" TO cordon_definer;
GRANT INSERT ("seed", "entry") ON "AuditEvent" TO cordon_console, cordon_control;
GRANT SELECT ("seed", "entry") ON "AuditEvent" TO cordon_console;
GRANT SELECT, INSERT ON "AuditValue" TO cordon_console;
GRANT INSERT ON "AuditValue" TO cordon_control;

-- The provider's log says that a customer signed in or changed a factor, under a pseudonym. Who that is, from where and what they confirmed is
-- theirs: of personal values staff see those of staff, and those that are nobody's.
CREATE POLICY see ON "AuditValue" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
      AND ("subject" = '' OR "subject" LIKE 'gone\_%' OR "subject" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff'))
    ELSE "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.current_project()) IS NULL END);
CREATE POLICY append ON "AuditValue" FOR INSERT TO cordon_console WITH CHECK (
  CASE (SELECT cordon.current_kind())
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'key' THEN "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'staff' THEN true
    WHEN 'person' THEN "organisationId" IS NULL OR "organisationId" IN (SELECT m."organisationId" FROM "Membership" m)
    ELSE false END);
CREATE POLICY append_control ON "AuditValue" FOR INSERT TO cordon_control WITH CHECK (true);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- For somebody who is not signed in: only refusals and failures, only in the provider's log, only as anonymous.
DROP FUNCTION cordon.append_anonymous(jsonb, jsonb);
CREATE FUNCTION cordon.append_anonymous(event jsonb, "values" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF event ->> 'outcome' NOT IN ('refused', 'failed') OR jsonb_array_length("values") > 4 THEN PERFORM cordon.refuse('context.required'); END IF;
  INSERT INTO public."AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId",
    "projectId", "header", "commitments", "seed", "entry")
  VALUES ((event ->> 'id')::uuid, NULL, (event ->> 'at')::timestamptz, (event ->> 'actId')::uuid, event ->> 'schema', event ->> 'outcome', 'anonymous',
    event ->> 'actor', event ->> 'objectType', event ->> 'objectId', NULL, decode(event ->> 'header', 'base64'), event -> 'commitments',
    decode(event ->> 'seed', 'base64'), decode(event ->> 'entry', 'base64'));
  INSERT INTO public."AuditValue" ("eventId", "subject", "organisationId", "sealed")
  SELECT (event ->> 'id')::uuid, coalesce(v ->> 'subject', ''), NULL, decode(v ->> 'sealed', 'base64') FROM jsonb_array_elements("values") v;
END $$;
GRANT EXECUTE ON FUNCTION cordon.append_anonymous(jsonb, jsonb) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

-- Once a subject's keys are destroyed, the row need not say whose values it holds; nothing else about it changes.
CREATE TRIGGER unlink_only BEFORE UPDATE ON "AuditValue" FOR EACH ROW
  WHEN (NEW."subject" <> 'gone_' || encode(substr(OLD."sealed", 1, 8), 'hex') OR NEW."eventId" <> OLD."eventId" OR NEW."organisationId" IS DISTINCT FROM OLD."organisationId" OR NEW."sealed" <> OLD."sealed")
  EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON "AuditValue" FOR EACH ROW EXECUTE FUNCTION cordon.refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "AuditValue" FOR EACH STATEMENT EXECUTE FUNCTION cordon.refuse_audit_change();
