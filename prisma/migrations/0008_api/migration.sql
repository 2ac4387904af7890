-- What API keys and lists need beyond 0001 to 0007.

-- Sessions are listed by when they began, decisions counted per edge.
CREATE INDEX "MediaSession_projectId_startedAt_idx" ON "MediaSession"("projectId", "startedAt" DESC);
CREATE INDEX "Decision_edgeName_at_idx" ON "Decision"("edgeName", "at" DESC);

-- Two places for certificates, one certificate in each; what was deleted stays as history.
CREATE UNIQUE INDEX "Certificate_place_key" ON "Certificate"("projectId", "slot") WHERE "status" <> 'deleted';

GRANT SELECT ON "Decision" TO cordon_definer;
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- As in 0006, and: whoever may write certificates only (an API key) publishes the project with its certificates, and nothing else
-- about the project that its row does not say.
CREATE OR REPLACE FUNCTION cordon.check_resource(resource jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := resource ->> 'kind';
  owner public."Project";
BEGIN
  IF kind NOT IN ('project', 'tokenPolicy', 'fence', 'staleness', 'revocation')
    OR NOT (cordon.may(CASE kind WHEN 'revocation' THEN 'revocation:write' ELSE 'project:write' END)
      OR (kind = 'project' AND cordon.may('certificate:write'))) THEN
    PERFORM cordon.refuse('policy.not_yours');
  END IF;
  SELECT * INTO owner FROM public."Project" p WHERE p."organisationId" = cordon.current_organisation()
    AND p."appId" = CASE kind WHEN 'revocation' THEN resource ->> 'appId' ELSE resource ->> 'id' END
    AND (cordon.current_project() IS NULL OR p."id" = cordon.current_project());
  IF owner."id" IS NULL THEN PERFORM cordon.refuse('policy.not_yours'); END IF;
  IF kind = 'project' THEN
    IF resource ->> 'organisationId' IS DISTINCT FROM owner."organisationId" OR resource ->> 'projectId' IS DISTINCT FROM owner."id"
      OR jsonb_typeof(resource -> 'certificates') IS DISTINCT FROM 'array' OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(resource -> 'certificates') c
        WHERE NOT EXISTS (SELECT 1 FROM public."Certificate" t WHERE t."id" = c ->> 'id' AND t."projectId" = owner."id")) THEN
      PERFORM cordon.refuse('policy.not_yours');
    END IF;
    IF NOT cordon.may('project:write') AND (resource ->> 'name' IS DISTINCT FROM owner."name"
      OR resource ->> 'status' IS DISTINCT FROM owner."status"::text OR resource ->> 'environment' IS DISTINCT FROM owner."environment"::text
      OR (resource ->> 'mode' IS DISTINCT FROM replace(owner."mode"::text, '_', '-') AND resource ->> 'mode' IS DISTINCT FROM 'token')) THEN
      PERFORM cordon.refuse('policy.not_yours');
    END IF;
  END IF;
END $$;

-- Why edges refused lately, as counts: what staff may know of customers' joins.
CREATE FUNCTION cordon.fleet_refusals(since timestamptz) RETURNS TABLE (edge_name text, code text, refused bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d."edgeName", d."code", sum(d."count") FROM public."Decision" d
  WHERE cordon.current_kind() = 'staff' AND d."edgeName" IN (SELECT e."name" FROM public."Edge" e) AND d."at" >= since AND d."verdict" = 'deny'
  GROUP BY 1, 2 ORDER BY 3 DESC
$$;
GRANT EXECUTE ON FUNCTION cordon.fleet_refusals(timestamptz) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
