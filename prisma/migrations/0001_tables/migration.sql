-- The tables, as lib/db/author.ts writes them from prisma/schema.prisma. By hand: the primary key and checks of AuditEvent, one
-- policy head, and limits that hold whoever writes.

-- CreateEnum
CREATE TYPE "Realm" AS ENUM ('staff', 'customer');

-- CreateEnum
CREATE TYPE "UserStatus" AS ENUM ('active', 'disabled');

-- CreateEnum
CREATE TYPE "StaffRole" AS ENUM ('administrator', 'security', 'support', 'auditor');

-- CreateEnum
CREATE TYPE "MemberRole" AS ENUM ('owner', 'administrator', 'developer', 'auditor');

-- CreateEnum
CREATE TYPE "Environment" AS ENUM ('development', 'staging', 'production');

-- CreateEnum
CREATE TYPE "ProjectStatus" AS ENUM ('active', 'frozen', 'archived');

-- CreateEnum
CREATE TYPE "ProjectMode" AS ENUM ('token', 'app_id');

-- CreateEnum
CREATE TYPE "CertificateSlot" AS ENUM ('primary', 'secondary');

-- CreateEnum
CREATE TYPE "CertificateStatus" AS ENUM ('enabled', 'disabled', 'deleted');

-- CreateTable
CREATE TABLE "Organisation" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "realm" "Realm" NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "status" "UserStatus" NOT NULL DEFAULT 'active',
    "staffRole" "StaffRole",
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "MemberRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" TEXT NOT NULL,
    "realm" "Realm" NOT NULL,
    "organisationId" TEXT,
    "email" TEXT NOT NULL,
    "memberRole" "MemberRole",
    "staffRole" "StaffRole",
    "secretHash" BYTEA NOT NULL,
    "invitedById" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TotpFactor" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmedAt" TIMESTAMPTZ(3),
    "lastStep" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "TotpFactor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "realm" "Realm" NOT NULL,
    "aal" INTEGER NOT NULL,
    "raisedBy" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "addressPrefix" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StepUp" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "factor" TEXT NOT NULL,
    "ticket" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "StepUp_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Throttle" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "windowStart" TIMESTAMPTZ(3) NOT NULL,
    "blockedUntil" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "appId" TEXT NOT NULL,
    "environment" "Environment" NOT NULL,
    "status" "ProjectStatus" NOT NULL DEFAULT 'active',
    "mode" "ProjectMode" NOT NULL DEFAULT 'token',
    "maxLifetimeSeconds" INTEGER NOT NULL DEFAULT 86400,
    "wildcardChannel" BOOLEAN NOT NULL DEFAULT false,
    "wildcardUser" BOOLEAN NOT NULL DEFAULT true,
    "legacy006" BOOLEAN NOT NULL DEFAULT false,
    "clockSkewSeconds" INTEGER NOT NULL DEFAULT 30,
    "stalenessSeconds" INTEGER NOT NULL DEFAULT 86400,
    "fence" TEXT[],
    "fenceVersion" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Certificate" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "slot" "CertificateSlot" NOT NULL,
    "status" "CertificateStatus" NOT NULL DEFAULT 'enabled',
    "sealed" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Certificate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Revocation" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "subjectType" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "issuedBefore" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "Revocation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Idempotency" (
    "apiKeyId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "requestHash" BYTEA NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Idempotency_pkey" PRIMARY KEY ("apiKeyId","key")
);

-- CreateTable
CREATE TABLE "PolicyHead" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "PolicyHead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PolicyResource" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "appId" TEXT,
    "organisationId" TEXT,
    "body" JSONB NOT NULL,
    "seq" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "PolicyResource_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "PolicyFrame" (
    "region" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "baseSeq" BIGINT,
    "hash" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,
    "signatures" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PolicyFrame_pkey" PRIMARY KEY ("region","epoch","seq","type")
);

-- CreateTable
CREATE TABLE "Edge" (
    "name" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "relay" TEXT NOT NULL,
    "joinHash" BYTEA,
    "joinExpiresAt" TIMESTAMPTZ(3),
    "certificate" TEXT,
    "certificateExpiresAt" TIMESTAMPTZ(3),
    "bannedAt" TIMESTAMPTZ(3),
    "drainingAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "connectedAt" TIMESTAMPTZ(3),
    "lastSeenAt" TIMESTAMPTZ(3),
    "bootId" TEXT,
    "build" TEXT,
    "appliedSeq" BIGINT,
    "appliedAt" TIMESTAMPTZ(3),
    "enforcedSeq" BIGINT,
    "enforcedAt" TIMESTAMPTZ(3),
    "activeHash" TEXT,
    "refusal" JSONB,
    "report" JSONB,

    CONSTRAINT "Edge_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "EdgeAck" (
    "edgeName" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "stage" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cut" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "EdgeAck_pkey" PRIMARY KEY ("edgeName","epoch","seq","stage")
);

-- CreateTable
CREATE TABLE "Spool" (
    "edgeName" TEXT NOT NULL,
    "bootId" TEXT NOT NULL,
    "last" BIGINT NOT NULL,
    "dropped" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "Spool_pkey" PRIMARY KEY ("edgeName","bootId")
);

-- CreateTable
CREATE TABLE "Decision" (
    "edgeName" TEXT NOT NULL,
    "bootId" TEXT NOT NULL,
    "n" BIGINT NOT NULL,
    "organisationId" TEXT,
    "projectId" TEXT,
    "appId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "traceId" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "tokenId" TEXT,
    "certificateId" TEXT,
    "wildcardUser" BOOLEAN NOT NULL DEFAULT false,
    "addressPrefix" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Decision_pkey" PRIMARY KEY ("edgeName","bootId","n")
);

-- CreateTable
CREATE TABLE "MediaSession" (
    "id" TEXT NOT NULL,
    "edgeName" TEXT NOT NULL,
    "bootId" TEXT NOT NULL,
    "organisationId" TEXT,
    "projectId" TEXT,
    "appId" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "tokenId" TEXT,
    "certificateId" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endReason" TEXT,

    CONSTRAINT "MediaSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "organisationId" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "actId" UUID NOT NULL,
    "schema" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "objectType" TEXT NOT NULL,
    "objectId" TEXT NOT NULL,
    "projectId" TEXT,
    "header" BYTEA NOT NULL,
    "commitments" JSONB NOT NULL,

    -- (xid, id) is the sequencer's cursor and stays valid when the table is partitioned.
    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("xid", "id"),
    CONSTRAINT "AuditEvent_outcome" CHECK ("outcome" IN ('success', 'refused', 'failed')),
    -- A leaf of the transparency log holds at most 65 535 bytes.
    CONSTRAINT "AuditEvent_size" CHECK (octet_length("header") <= 16384 AND octet_length("commitments"::text) <= 32768)
);

CREATE INDEX "AuditEvent_id_idx" ON "AuditEvent"("id");

-- CreateTable
CREATE TABLE "AuditField" (
    "eventId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "organisationId" TEXT,
    "subject" TEXT NOT NULL,
    "keyId" TEXT,
    "salt" BYTEA,
    "value" BYTEA,

    CONSTRAINT "AuditField_pkey" PRIMARY KEY ("eventId","name")
);

-- CreateIndex
CREATE UNIQUE INDEX "Organisation_slug_key" ON "Organisation"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "User_realm_email_key" ON "User"("realm", "email");

-- CreateIndex
CREATE INDEX "Membership_userId_idx" ON "Membership"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Membership_organisationId_userId_key" ON "Membership"("organisationId", "userId");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_secretHash_key" ON "Invitation"("secretHash");

-- CreateIndex
CREATE INDEX "Invitation_organisationId_idx" ON "Invitation"("organisationId");

-- CreateIndex
CREATE INDEX "TotpFactor_userId_idx" ON "TotpFactor"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "RecoveryCode_hash_key" ON "RecoveryCode"("hash");

-- CreateIndex
CREATE INDEX "RecoveryCode_userId_idx" ON "RecoveryCode"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Session_secretHash_key" ON "Session"("secretHash");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "StepUp_sessionId_idx" ON "StepUp"("sessionId");

-- CreateIndex
CREATE UNIQUE INDEX "Project_appId_key" ON "Project"("appId");

-- CreateIndex
CREATE INDEX "Project_organisationId_idx" ON "Project"("organisationId");

-- CreateIndex
CREATE INDEX "Certificate_projectId_idx" ON "Certificate"("projectId");

-- CreateIndex
CREATE INDEX "Certificate_organisationId_idx" ON "Certificate"("organisationId");

-- CreateIndex
CREATE INDEX "Revocation_projectId_createdAt_idx" ON "Revocation"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "Revocation_organisationId_idx" ON "Revocation"("organisationId");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_prefix_key" ON "ApiKey"("prefix");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_secretHash_key" ON "ApiKey"("secretHash");

-- CreateIndex
CREATE INDEX "ApiKey_projectId_idx" ON "ApiKey"("projectId");

-- CreateIndex
CREATE INDEX "ApiKey_organisationId_idx" ON "ApiKey"("organisationId");

-- CreateIndex
CREATE INDEX "PolicyResource_seq_idx" ON "PolicyResource"("seq");

-- CreateIndex
CREATE INDEX "PolicyResource_appId_idx" ON "PolicyResource"("appId");

-- CreateIndex
CREATE INDEX "EdgeAck_seq_idx" ON "EdgeAck"("seq");

-- CreateIndex
CREATE INDEX "Decision_projectId_at_idx" ON "Decision"("projectId", "at" DESC);

-- CreateIndex
CREATE INDEX "Decision_organisationId_at_idx" ON "Decision"("organisationId", "at" DESC);

-- CreateIndex
CREATE INDEX "Decision_projectId_account_idx" ON "Decision"("projectId", "account");

-- CreateIndex
CREATE INDEX "MediaSession_projectId_endedAt_idx" ON "MediaSession"("projectId", "endedAt");

-- CreateIndex
CREATE INDEX "MediaSession_edgeName_endedAt_idx" ON "MediaSession"("edgeName", "endedAt");

-- CreateIndex
CREATE INDEX "MediaSession_organisationId_idx" ON "MediaSession"("organisationId");

-- CreateIndex
CREATE INDEX "AuditEvent_organisationId_at_id_idx" ON "AuditEvent"("organisationId", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_organisationId_schema_at_idx" ON "AuditEvent"("organisationId", "schema", "at" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_projectId_at_idx" ON "AuditEvent"("projectId", "at" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_actId_idx" ON "AuditEvent"("actId");

-- CreateIndex
CREATE INDEX "AuditField_organisationId_idx" ON "AuditField"("organisationId");

-- CreateIndex
CREATE INDEX "AuditField_subject_idx" ON "AuditField"("subject");

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TotpFactor" ADD CONSTRAINT "TotpFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Certificate" ADD CONSTRAINT "Certificate_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revocation" ADD CONSTRAINT "Revocation_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EdgeAck" ADD CONSTRAINT "EdgeAck_edgeName_fkey" FOREIGN KEY ("edgeName") REFERENCES "Edge"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: limits that hold whoever writes.
INSERT INTO "PolicyHead" ("id") VALUES (1);
ALTER TABLE "PolicyHead" ADD CONSTRAINT "PolicyHead_one" CHECK ("id" = 1);
ALTER TABLE "Session" ADD CONSTRAINT "Session_aal" CHECK ("aal" IN (1, 2));
ALTER TABLE "Session" ADD CONSTRAINT "Session_secret" CHECK (octet_length("secretHash") = 32);
ALTER TABLE "User" ADD CONSTRAINT "User_realm" CHECK (("realm" = 'staff') = ("staffRole" IS NOT NULL));
ALTER TABLE "User" ADD CONSTRAINT "User_email" CHECK ("email" = lower("email"));
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_email" CHECK ("email" = lower("email"));
ALTER TABLE "Project" ADD CONSTRAINT "Project_app_id" CHECK ("appId" ~ '^[0-9a-f]{32}$');
ALTER TABLE "Project" ADD CONSTRAINT "Project_fence" CHECK (cardinality("fence") >= 1 AND "fence" <@ ARRAY['NA', 'EU', 'AS', 'JP', 'IN', 'CN']);
ALTER TABLE "Project" ADD CONSTRAINT "Project_lifetime" CHECK ("maxLifetimeSeconds" BETWEEN 1 AND 86400);
ALTER TABLE "Project" ADD CONSTRAINT "Project_mode" CHECK ("mode" = 'token' OR "environment" <> 'production');
ALTER TABLE "Edge" ADD CONSTRAINT "Edge_region" CHECK ("region" IN ('NA', 'EU', 'AS', 'JP', 'IN', 'CN'));
-- One live certificate per slot.
CREATE UNIQUE INDEX "Certificate_slot_key" ON "Certificate"("projectId", "slot") WHERE "status" <> 'deleted';
