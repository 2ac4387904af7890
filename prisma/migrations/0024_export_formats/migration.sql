-- Exports in the Open Cybersecurity Schema Framework (OCSF), and files encrypted to age public keys, which whoever asks gives.

ALTER TABLE "AuditExport" ADD COLUMN "recipients" TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE "AuditExport" DROP CONSTRAINT "AuditExport_format";
ALTER TABLE "AuditExport" ADD CONSTRAINT "AuditExport_format" CHECK ("format" IN ('pack', 'ndjson', 'csv', 'ocsf'));
-- At most eight X25519 keys. Neither a plugin nor a passphrase has this form.
ALTER TABLE "AuditExport" ADD CONSTRAINT "AuditExport_recipients" CHECK (cardinality("recipients") <= 8 AND (cardinality("recipients") = 0
  OR array_to_string("recipients", ' ', '') ~ '^age1[02-9ac-hj-np-z]{58}( age1[02-9ac-hj-np-z]{58})*$'));
GRANT INSERT ("recipients") ON "AuditExport" TO cordon_console;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- As in 0018, with the recipients.
DROP FUNCTION cordon.claim_export();
CREATE FUNCTION cordon.claim_export() RETURNS TABLE (id text, organisation_id text, requested_by_id text, format text, filter jsonb, recipients text[],
  range_from bigint, range_to bigint, size bigint, tries int, allowed boolean, note bytea, operator_index bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH due AS (
    SELECT x."id" FROM public."AuditExport" x WHERE x."state" IN ('queued', 'running') AND x."nextTryAt" <= clock_timestamp()
    ORDER BY x."createdAt", x."id" LIMIT 1 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE public."AuditExport" x SET "state" = 'running', "tries" = x."tries" + 1, "done" = 0, "total" = 0
    FROM due WHERE x."id" = due."id" RETURNING x.*)
  SELECT c."id", c."organisationId", c."requestedById", c."format", c."filter", c."recipients", c."rangeFrom", c."rangeTo", c."size", c."tries",
    cordon.export_allowed(c."organisationId", c."requestedById"), k."note", k."operatorIndex"
  FROM claimed c JOIN public."LogCheckpoint" k ON k."log" = coalesce(c."organisationId", 'provider') AND k."size" = c."size"
$$;
GRANT EXECUTE ON FUNCTION cordon.claim_export() TO cordon_exporter;

-- As in 0018, with the event of today.
CREATE OR REPLACE FUNCTION cordon.export_records(export_id text, organisation_id text, schema text, actor_kind text, actor text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM public."AuditExport" x
    WHERE x."id" = export_id AND x."state" = 'running' AND x."organisationId" IS NOT DISTINCT FROM organisation_id
      AND export_records.schema IN ('audit.exported@3', 'audit.export_failed@1')
      AND actor_kind = CASE WHEN x."organisationId" IS NULL THEN 'staff' ELSE 'member' END
      AND export_records.actor = 'act_' || left(encode(sha256(convert_to(
        E'cordon/audit/actor/v1\n' || coalesce(x."organisationId", 'provider') || E'\n' || x."requestedById", 'UTF8')), 'hex'), 32))
$$;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
