-- Those who carry out access to production: the gateway and the agents of production hosts. How control knows them, how far their records were
-- taken, what hosts have closed, and the screen records that the gateway delivers. No row here opens or ends anything.

CREATE TABLE "AccessPeer" (
    -- host:<name>, or gateway:<name>.
    "id" TEXT NOT NULL,
    -- SHA-256 of a join token not used yet.
    "joinHash" BYTEA,
    "joinExpiresAt" TIMESTAMPTZ(3),
    -- The newest, PEM.
    "certificate" TEXT,
    "certificateExpiresAt" TIMESTAMPTZ(3),
    "bannedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "lastSeenAt" TIMESTAMPTZ(3),
    -- What a host said last of itself (HostStanding), and when.
    "standing" JSONB,
    "standingAt" TIMESTAMPTZ(3),
    CONSTRAINT "AccessPeer_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessPeer_id" CHECK ("id" ~ '^(host|gateway):[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT "AccessPeer_join" CHECK (("joinHash" IS NULL) = ("joinExpiresAt" IS NULL)),
    CONSTRAINT "AccessPeer_certificate" CHECK (("certificate" IS NULL) = ("certificateExpiresAt" IS NULL))
);
CREATE UNIQUE INDEX "AccessPeer_joinHash_key" ON "AccessPeer"("joinHash");

-- The highest number that was taken of each run of a sender.
CREATE TABLE "AccessSpool" (
    "peerId" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "last" BIGINT NOT NULL,
    CONSTRAINT "AccessSpool_pkey" PRIMARY KEY ("peerId", "boot"),
    CONSTRAINT "AccessSpool_peerId_fkey" FOREIGN KEY ("peerId") REFERENCES "AccessPeer"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- That nothing of a grant which is over is left on a host.
CREATE TABLE "AccessClosing" (
    "requestId" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "closedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AccessClosing_pkey" PRIMARY KEY ("requestId", "target"),
    CONSTRAINT "AccessClosing_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- The newest head of a session's screen record, and how many bytes stand behind it.
CREATE TABLE "SessionRecording" (
    "sessionId" TEXT NOT NULL,
    "head" JSONB NOT NULL,
    "bytes" BIGINT NOT NULL,
    "final" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "SessionRecording_pkey" PRIMARY KEY ("sessionId"),
    CONSTRAINT "SessionRecording_sessionId" CHECK ("sessionId" ~ '^ssn_[0-9a-f]{32}$')
);
CREATE TABLE "RecordingPiece" (
    "sessionId" TEXT NOT NULL,
    -- Of the first byte.
    "offset" BIGINT NOT NULL,
    "bytes" BYTEA NOT NULL,
    CONSTRAINT "RecordingPiece_pkey" PRIMARY KEY ("sessionId", "offset"),
    CONSTRAINT "RecordingPiece_bytes" CHECK ("offset" >= 0 AND length("bytes") BETWEEN 1 AND 65536)
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['AccessPeer', 'AccessSpool', 'AccessClosing', 'SessionRecording', 'RecordingPiece'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY control ON %I TO cordon_control USING (true)', t);
  END LOOP;
END $$;

GRANT SELECT, UPDATE ("joinHash", "joinExpiresAt", "certificate", "certificateExpiresAt", "lastSeenAt", "standing", "standingAt")
  ON "AccessPeer" TO cordon_control;
GRANT SELECT, INSERT, UPDATE ("last") ON "AccessSpool" TO cordon_control;
GRANT SELECT, INSERT ON "AccessClosing", "RecordingPiece" TO cordon_control;
GRANT SELECT, INSERT, UPDATE ("head", "bytes", "final") ON "SessionRecording" TO cordon_control;
GRANT SELECT ("id", "certificateExpiresAt", "bannedAt", "createdAt", "lastSeenAt", "standing", "standingAt") ON "AccessPeer" TO cordon_console;
GRANT SELECT ON "AccessClosing" TO cordon_console;
CREATE POLICY see ON "AccessPeer" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff');
CREATE POLICY see ON "AccessClosing" FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = 'staff');

GRANT SELECT, INSERT, UPDATE ON "AccessPeer" TO cordon_definer;
CREATE POLICY definer ON "AccessPeer" TO cordon_definer USING (true) WITH CHECK (true);
GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- Lets one of them join, or join again, within so many seconds. For the installer and the command line, as owner.
CREATE FUNCTION cordon.expect_peer(id text, join_hash bytea, ttl_seconds int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public."AccessPeer" ("id", "joinHash", "joinExpiresAt")
  VALUES (id, join_hash, clock_timestamp() + make_interval(secs => ttl_seconds))
  ON CONFLICT ("id") DO UPDATE SET "joinHash" = excluded."joinHash", "joinExpiresAt" = excluded."joinExpiresAt"
$$;
-- Control looks at its hosts at once when where a request stands, or its end, has changed.
CREATE FUNCTION cordon.access_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('access', NEW."id");
  RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION cordon.expect_peer(text, bytea, int), cordon.access_changed() TO cordon_owner;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;

CREATE TRIGGER "AccessRequest_changed" AFTER UPDATE OF "state", "deadline" ON "AccessRequest" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state" OR OLD."deadline" IS DISTINCT FROM NEW."deadline")
  EXECUTE FUNCTION cordon.access_changed();
