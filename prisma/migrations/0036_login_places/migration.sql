-- A host that is killed reads the last lines of sshd's log again: a login is known by where its line stands, and recorded once.

ALTER TABLE "AccessPeer" ADD COLUMN "log" TEXT, ADD COLUMN "logEnd" BIGINT,
  ADD CONSTRAINT "AccessPeer_log" CHECK (("log" IS NULL) = ("logEnd" IS NULL));

GRANT UPDATE ("log", "logEnd") ON "AccessPeer" TO cordon_control;
