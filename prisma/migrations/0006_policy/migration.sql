-- publish(): the one way a policy change gets its sequence number and reaches control.

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Refuses unless the entered context may write this resource: its App ID is one of the organisation's (of the key's project), and
-- what it says about organisation, project and certificates is true. A member publishes anything of the organisation, an API key
-- what its scopes say.
CREATE FUNCTION cordon.check_resource(resource jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := resource ->> 'kind';
  owner public."Project";
BEGIN
  IF kind NOT IN ('project', 'tokenPolicy', 'fence', 'staleness', 'revocation') OR NOT cordon.may(CASE kind WHEN 'revocation' THEN 'revocation:write' ELSE 'project:write' END) THEN
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
  END IF;
END $$;

-- Writes the resources, each with the new sequence number as its version, and returns that number. Locks the head: changes of
-- policy commit one after another, so call it last in a transaction. Control is notified at commit.
CREATE FUNCTION cordon.publish(put jsonb, del text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  resource jsonb;
  resource_key text;
  organisation text := cordon.current_organisation();
  -- The one resource that is nobody's: control writes which edges serve, and nothing else.
  is_control boolean := cordon.current_kind() IS NULL AND session_user = 'cordon_control';
  new_seq bigint;
BEGIN
  IF jsonb_typeof(put) <> 'array' OR jsonb_array_length(put) + coalesce(cardinality(del), 0) NOT BETWEEN 1 AND 64 OR length(put::text) > 262144 THEN
    PERFORM cordon.refuse('policy.invalid');
  END IF;
  FOR resource IN SELECT * FROM jsonb_array_elements(put) LOOP
    IF coalesce(resource ->> 'id', '') = '' OR length(resource ->> 'id') > 64 THEN PERFORM cordon.refuse('policy.invalid'); END IF;
    IF is_control THEN
      IF resource ->> 'kind' IS DISTINCT FROM 'edges' THEN PERFORM cordon.refuse('policy.not_yours'); END IF;
    ELSE
      PERFORM cordon.check_resource(resource);
    END IF;
  END LOOP;

  UPDATE public."PolicyHead" h SET "seq" = h."seq" + 1 WHERE h."id" = 1 RETURNING h."seq" INTO new_seq;

  FOR resource IN SELECT * FROM jsonb_array_elements(put) LOOP
    resource_key := (resource ->> 'kind') || '/' || (resource ->> 'id');
    INSERT INTO public."PolicyResource" AS r ("key", "kind", "appId", "organisationId", "body", "seq", "deleted")
    VALUES (resource_key, resource ->> 'kind',
      CASE resource ->> 'kind' WHEN 'edges' THEN NULL WHEN 'revocation' THEN resource ->> 'appId' ELSE resource ->> 'id' END,
      organisation, resource || jsonb_build_object('version', new_seq), new_seq, false)
    ON CONFLICT ("key") DO UPDATE SET "body" = excluded."body", "seq" = excluded."seq", "deleted" = false
      -- The same key of another organisation or project (a chosen revocation id) stays theirs.
      WHERE r."organisationId" IS NOT DISTINCT FROM excluded."organisationId" AND r."appId" IS NOT DISTINCT FROM excluded."appId";
    IF NOT FOUND THEN PERFORM cordon.refuse('policy.not_yours'); END IF;
  END LOOP;

  FOREACH resource_key IN ARRAY coalesce(del, '{}') LOOP
    SELECT r."body" INTO resource FROM public."PolicyResource" r WHERE r."key" = resource_key AND r."organisationId" = organisation;
    IF resource IS NULL THEN PERFORM cordon.refuse('policy.not_yours'); END IF;
    PERFORM cordon.check_resource(resource);
    UPDATE public."PolicyResource" r SET "deleted" = true, "seq" = new_seq WHERE r."key" = resource_key;
  END LOOP;

  PERFORM pg_notify('policy', new_seq::text);
  RETURN new_seq;
END $$;

GRANT EXECUTE ON FUNCTION cordon.publish(jsonb, text[]) TO cordon_console, cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
