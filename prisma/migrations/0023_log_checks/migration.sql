-- Checks of the stored transparency logs (lib/audit/fsck, lib/audit/checks).

-- Whoever checks reads what the logs are made of, and nothing else: no personal values, which are sealed in another table. It writes nothing.
GRANT SELECT ("id", "xid", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header",
  "commitments", "seed", "entry") ON "AuditEvent" TO cordon_checker;
GRANT SELECT ON "LogCursor", "Log", "LogLeaf", "LogTile", "LogCheckpoint" TO cordon_checker;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AuditEvent', 'LogCursor', 'Log', 'LogLeaf', 'LogTile', 'LogCheckpoint'] LOOP
    EXECUTE format('CREATE POLICY check_log ON %I FOR SELECT TO cordon_checker USING (true)', t);
  END LOOP;
END $$;
