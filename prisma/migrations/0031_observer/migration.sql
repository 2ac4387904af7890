-- Watching a channel of a customer, under the same grants: a session through the media-plane, and what tells the edges of it.

ALTER TABLE "ProductionSession" ADD COLUMN "channel" TEXT;
ALTER TABLE "ProductionSession" ADD CONSTRAINT "ProductionSession_channel" CHECK (
  ("through" = 'media-plane') = ("channel" IS NOT NULL) AND length("channel") <= 63);
GRANT INSERT ("channel") ON "ProductionSession" TO cordon_console;
-- Few of many: those of the provider.
CREATE INDEX "MediaSession_observer_idx" ON "MediaSession"("account") WHERE "account" LIKE 'provider-observer-%';

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- The project that one's own session through the media-plane is for, and a certificate of it as the keyring sealed it.
CREATE FUNCTION cordon.observed_project(session_id text) RETURNS TABLE (project_id text, app_id text, fence text[], certificate_id text, sealed text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY SELECT p."id", p."appId", p."fence", c."id", c."sealed"
    FROM public."ProductionSession" s
    JOIN public."AccessRequest" r ON r."id" = s."requestId" AND r."personId" = s."userId" AND s."target" = ANY (r."targets")
    JOIN public."Project" p ON 'app:' || p."appId" = s."target" AND p."status" = 'active'
    JOIN public."Certificate" c ON c."projectId" = p."id" AND c."status" = 'enabled'
    WHERE s."id" = session_id AND s."userId" = cordon.current_actor() AND s."through" = 'media-plane' AND s."endedAt" IS NULL
    ORDER BY c."slot" LIMIT 1;
END $$;

-- Tells the edges of it. What stands here lets nobody watch: the keyring writes into the signed policy what its own ledger says, or nothing. Locks
-- the head, so call it last in a transaction.
CREATE FUNCTION cordon.observe(session_id text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  app text;
  organisation text;
  new_seq bigint;
BEGIN
  SELECT o.app_id, p."organisationId" INTO app, organisation FROM cordon.observed_project(session_id) o
    JOIN public."Project" p ON p."id" = o.project_id;
  IF app IS NULL THEN PERFORM cordon.refuse('policy.not_yours'); END IF;
  UPDATE public."PolicyHead" h SET "seq" = h."seq" + 1 WHERE h."id" = 1 RETURNING h."seq" INTO new_seq;
  INSERT INTO public."PolicyResource" ("key", "kind", "appId", "organisationId", "body", "seq", "deleted")
  VALUES ('observation/' || session_id, 'observation', app, organisation, jsonb_build_object(
    'kind', 'observation', 'id', session_id, 'appId', app, 'tokenId', '', 'until', 0, 'version', new_seq), new_seq, false);
  PERFORM pg_notify('policy', new_seq::text);
  RETURN new_seq;
END $$;

-- Takes back what is over: the grant, the session, or the time to begin it. It can only take away, so whoever is there may call it.
CREATE FUNCTION cordon.close_observations() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  keys text[];
  new_seq bigint;
BEGIN
  SELECT array_agg(n."key") INTO keys
  FROM public."ProductionSession" s
  JOIN public."AccessRequest" r ON r."id" = s."requestId"
  JOIN public."PolicyResource" n ON n."key" = 'observation/' || s."id" AND NOT n."deleted"
  -- No grant lasts longer than twelve hours.
  WHERE s."through" = 'media-plane' AND s."openedAt" > clock_timestamp() - interval '2 days' AND (r."state" <> 'active'
    OR s."endedAt" IS NOT NULL OR (s."startedAt" IS NULL AND s."openedAt" < clock_timestamp() - interval '5 minutes'));
  IF keys IS NULL THEN RETURN 0; END IF;
  UPDATE public."PolicyHead" h SET "seq" = h."seq" + 1 WHERE h."id" = 1 RETURNING h."seq" INTO new_seq;
  UPDATE public."PolicyResource" n SET "deleted" = true, "seq" = new_seq WHERE n."key" = ANY (keys) AND NOT n."deleted";
  PERFORM pg_notify('policy', new_seq::text);
  RETURN cardinality(keys);
END $$;

-- Who watched channels of the reader's organisation, and from when to when: of its own projects alone, and without the person.
CREATE FUNCTION cordon.observations(requests text[]) RETURNS TABLE (session_id text, request_id text, project_id text, channel text,
  started_at timestamptz, ended_at timestamptz, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'member' OR NOT coalesce(cordon.current_standing() IN ('owner', 'administrator', 'auditor'), false) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  RETURN QUERY SELECT s."id", s."requestId", p."id", s."channel", s."startedAt"::timestamptz, s."endedAt"::timestamptz, s."why"
    FROM public."ProductionSession" s
    JOIN public."Project" p ON 'app:' || p."appId" = s."target" AND p."organisationId" = cordon.current_organisation()
    JOIN public."ProviderAccess" a ON a."requestId" = s."requestId" AND a."organisationId" = p."organisationId"
    WHERE s."requestId" = ANY (requests) AND s."through" = 'media-plane' AND s."startedAt" IS NOT NULL
      AND (NOT coalesce(cordon.scope_bounded(), false) OR (coalesce(p."id" = ANY (cordon.scope_projects()), true)
        AND coalesce(a."requestedAt" >= cordon.scope_from(), true) AND coalesce(a."requestedAt" < cordon.scope_before(), true)))
    ORDER BY s."startedAt" LIMIT 500;
END $$;

GRANT EXECUTE ON FUNCTION cordon.observed_project(text), cordon.observe(text), cordon.close_observations(), cordon.observations(text[]) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.close_observations() TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
