-- Evidence of access to production for an auditor of the provider's log.

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- As in 0022. A customer's answer to a request for access is evidence for both sides: of what customers' people confirm, the provider's exports open
-- that and nothing else.
CREATE OR REPLACE FUNCTION cordon.export_rows(export_id text, first bigint, width int, with_values boolean) RETURNS TABLE ("index" bigint, id uuid,
  at timestamptz, header bytea, commitments jsonb, seed bytea, entry bytea, sealed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job public."AuditExport" := cordon.open_export(export_id);
  hidden bigint[] := ARRAY (SELECT * FROM cordon.export_hidden(export_id, first, width));
BEGIN
  RETURN QUERY SELECT l."index", e."id", e."at"::timestamptz, e."header", e."commitments", e."seed", e."entry",
    CASE WHEN with_values AND l."index" <> ALL (hidden) THEN (
      SELECT jsonb_agg(encode(v."sealed", 'base64')) FROM public."AuditValue" v
      WHERE v."eventId" = e."id" AND v."organisationId" IS NOT DISTINCT FROM job."organisationId"
        AND CASE WHEN job."organisationId" IS NOT NULL THEN true
          ELSE v."subject" = '' OR v."subject" LIKE 'gone\_%'
            OR EXISTS (SELECT 1 FROM public."User" u WHERE u."id" = v."subject" AND u."realm" = 'staff')
            OR (e."schema" = 'step-up@2' AND convert_from(e."header", 'UTF8')::jsonb -> 'details' ->> 'action' = 'grant.vote') END) END
    FROM public."LogLeaf" l
    LEFT JOIN public."AuditEvent" e ON e."xid" = l."xid" AND e."id" = l."eventId" AND e."organisationId" IS NOT DISTINCT FROM job."organisationId"
   WHERE l."log" = coalesce(job."organisationId", 'provider')
     AND l."index" >= greatest(first, job."rangeFrom") AND l."index" < least(first + least(width, 1024), job."rangeTo")
     AND (job."format" = 'pack' OR l."index" <> ALL (hidden))
   ORDER BY l."index";
END $$;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
