-- A wildcard token fits the next name too. When one turns up in the hands of an account that is revoked, control revokes the token
-- itself; the console does the same at the moment of revoking, for the uses known by then.

GRANT SELECT, INSERT ON "Revocation" TO cordon_definer;
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- `uses`: [{id, appId, account, tokenId}], where `id` names the revocation that may come of it. Only uses whose account is revoked and
-- whose token is not yet, up to the same time, make one. Returns the new sequence number, or null when there was nothing to do.
CREATE FUNCTION cordon.close_wildcard_tokens(uses jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  closure record;
  new_seq bigint;
BEGIN
  IF session_user <> 'cordon_control' OR jsonb_typeof(uses) <> 'array' OR jsonb_array_length(uses) > 500 THEN
    PERFORM cordon.refuse('policy.not_yours');
  END IF;
  FOR closure IN
    SELECT DISTINCT ON (p."id", u."tokenId") u."id", u."tokenId", p."id" AS project, p."appId", p."organisationId", r."issuedBefore"
    FROM jsonb_to_recordset(uses) AS u("id" text, "appId" text, "account" text, "tokenId" text)
    JOIN public."Project" p ON p."appId" = u."appId"
    JOIN public."Revocation" r ON r."projectId" = p."id" AND r."subjectType" = 'user' AND r."subject" = u."account"
    WHERE NOT EXISTS (SELECT 1 FROM public."Revocation" t WHERE t."projectId" = p."id" AND t."subjectType" = 'token'
      AND t."subject" = u."tokenId" AND t."issuedBefore" >= r."issuedBefore")
    ORDER BY p."id", u."tokenId", r."issuedBefore" DESC
  LOOP
    IF new_seq IS NULL THEN
      UPDATE public."PolicyHead" h SET "seq" = h."seq" + 1 WHERE h."id" = 1 RETURNING h."seq" INTO new_seq;
    END IF;
    INSERT INTO public."Revocation" ("id", "organisationId", "projectId", "subjectType", "subject", "issuedBefore", "reason", "createdById", "createdAt", "seq")
    VALUES (closure."id", closure."organisationId", closure.project, 'token', closure."tokenId", closure."issuedBefore",
      'Wildcard token used by a revoked user', 'system', clock_timestamp(), new_seq);
    INSERT INTO public."PolicyResource" ("key", "kind", "appId", "organisationId", "body", "seq", "deleted")
    VALUES ('revocation/' || closure."id", 'revocation', closure."appId", closure."organisationId", jsonb_build_object(
      'kind', 'revocation', 'id', closure."id", 'appId', closure."appId", 'version', new_seq,
      'subject', jsonb_build_object('type', 'token', 'tokenId', closure."tokenId"),
      'issuedBefore', floor(extract(epoch FROM closure."issuedBefore"))::bigint), new_seq, false);
  END LOOP;
  IF new_seq IS NOT NULL THEN PERFORM pg_notify('policy', new_seq::text); END IF;
  RETURN new_seq;
END $$;
GRANT EXECUTE ON FUNCTION cordon.close_wildcard_tokens(jsonb) TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
