-- Temporary access to production: who may ask, what was asked, who agreed and what each concerned customer sees of it. These rows are copies, for
-- showing and for the rules about asking. What opens a machine is the keyring's ledger of signed statements (lib/kernel/grant); no row here does.

-- ---- the committee

CREATE TABLE "CommitteeDecision" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "members" TEXT[] NOT NULL,
    -- Whom a designation, or its withdrawal, is about.
    "person" TEXT,
    "designation" TEXT,
    -- When it lapses; null of a withdrawal.
    "until" TIMESTAMPTZ(0),
    -- Where the minutes of the meeting are.
    "minutes" TEXT NOT NULL,
    "proposedById" TEXT NOT NULL,
    "proposedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "state" TEXT NOT NULL DEFAULT 'open',
    "settledAt" TIMESTAMPTZ(3),
    CONSTRAINT "CommitteeDecision_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "CommitteeDecision_id" CHECK ("id" ~ '^cmd_[0-9a-f]{32}$'),
    CONSTRAINT "CommitteeDecision_state" CHECK ("state" IN ('open', 'taken', 'refused') AND ("state" = 'open') = ("settledAt" IS NULL)),
    CONSTRAINT "CommitteeDecision_minutes" CHECK (length("minutes") <= 200),
    CONSTRAINT "CommitteeDecision_kind" CHECK (CASE "kind"
      WHEN 'members' THEN cardinality("members") BETWEEN 2 AND 15 AND num_nonnulls("person", "designation") = 0 AND "until" IS NOT NULL
      ELSE "kind" IN ('designate', 'withdraw') AND cardinality("members") = 0 AND num_nonnulls("person", "designation") = 2
        AND ("kind" = 'withdraw') = ("until" IS NULL) END)
);
CREATE INDEX "CommitteeDecision_proposedAt_idx" ON "CommitteeDecision"("proposedAt" DESC);

CREATE TABLE "CommitteeVote" (
    "decisionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "CommitteeVote_pkey" PRIMARY KEY ("decisionId", "userId"),
    CONSTRAINT "CommitteeVote_decisionId_fkey" FOREIGN KEY ("decisionId") REFERENCES "CommitteeDecision"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "CommitteeVote_verdict" CHECK ("verdict" IN ('approve', 'deny'))
);

-- ---- what an employee has to have before they may ask

CREATE TABLE "Training" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "course" TEXT NOT NULL,
    "completedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    -- Where the certificate is.
    "evidence" TEXT NOT NULL,
    "recordedById" TEXT NOT NULL,
    "recordedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "Training_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Training_id" CHECK ("id" ~ '^trn_[0-9a-f]{32}$'),
    CONSTRAINT "Training_course" CHECK ("course" IN ('general', 'additional')),
    -- Nobody records their own, and no course lasts longer than a year.
    CONSTRAINT "Training_by" CHECK ("recordedById" <> "userId"),
    CONSTRAINT "Training_time" CHECK ("completedAt" < "expiresAt" AND "expiresAt" <= "completedAt" + interval '366 days' AND "completedAt" <= "recordedAt"),
    CONSTRAINT "Training_evidence" CHECK (length("evidence") BETWEEN 1 AND 200)
);
CREATE INDEX "Training_userId_course_idx" ON "Training"("userId", "course");

CREATE TABLE "Agreement" (
    "version" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    -- How long a signature holds.
    "months" INTEGER NOT NULL,
    "publishedById" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "Agreement_pkey" PRIMARY KEY ("version"),
    CONSTRAINT "Agreement_text" CHECK (length("text") BETWEEN 20 AND 20000),
    CONSTRAINT "Agreement_months" CHECK ("version" >= 1 AND "months" BETWEEN 1 AND 24)
);

CREATE TABLE "AgreementSignature" (
    "userId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "signedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "AgreementSignature_pkey" PRIMARY KEY ("userId", "signedAt"),
    CONSTRAINT "AgreementSignature_version_fkey" FOREIGN KEY ("version") REFERENCES "Agreement"("version") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AgreementSignature_time" CHECK ("signedAt" < "expiresAt" AND "expiresAt" <= "signedAt" + interval '25 months')
);

-- Where an employee works, as customers are told.
CREATE TABLE "EmployeePlace" (
    "userId" TEXT NOT NULL,
    "employer" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "recordedById" TEXT NOT NULL,
    "recordedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "EmployeePlace_pkey" PRIMARY KEY ("userId"),
    CONSTRAINT "EmployeePlace_words" CHECK (length("employer") BETWEEN 1 AND 120 AND "country" ~ '^[A-Z]{2}$')
);

-- ---- what can be asked for, and by whom

CREATE TABLE "AccessTarget" (
    -- host:<name>, or app:<App ID>.
    "id" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "dataClasses" TEXT[] NOT NULL,
    -- Whose data it holds.
    "organisations" TEXT[] NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "changedById" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AccessTarget_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessTarget_id" CHECK ("id" ~ '^(host:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|app:[0-9a-f]{32})$'),
    CONSTRAINT "AccessTarget_class" CHECK ("class" IN ('edge', 'control', 'database', 'storage', 'calls')),
    CONSTRAINT "AccessTarget_region" CHECK ("region" IN ('NA', 'EU', 'AS', 'JP', 'IN', 'CN')),
    CONSTRAINT "AccessTarget_data" CHECK (cardinality("dataClasses") > 0 AND "dataClasses" <@ '{account,enduser,content,log}'::text[]),
    CONSTRAINT "AccessTarget_organisations" CHECK (cardinality("organisations") <= 8),
    CONSTRAINT "AccessTarget_state" CHECK ("state" IN ('active', 'retired'))
);

-- Every change is a new version; what was asked under one goes on under it.
CREATE TABLE "EligibilityPolicy" (
    "id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    -- Null: everybody who is designated, every App ID.
    "roles" TEXT[],
    "targets" TEXT[],
    "classes" TEXT[] NOT NULL,
    "regions" TEXT[] NOT NULL,
    "dataClasses" TEXT[] NOT NULL,
    "maxMinutes" INTEGER NOT NULL,
    "decideMinutes" INTEGER NOT NULL,
    "security" INTEGER NOT NULL,
    "onCall" INTEGER NOT NULL,
    "denials" INTEGER NOT NULL,
    -- A regular expression that the whole ticket has to match; null: none is asked for.
    "ticketPattern" TEXT,
    "files" BOOLEAN NOT NULL,
    "breakGlass" BOOLEAN NOT NULL,
    "ended" BOOLEAN NOT NULL DEFAULT false,
    "changedById" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "EligibilityPolicy_pkey" PRIMARY KEY ("id", "version"),
    CONSTRAINT "EligibilityPolicy_id" CHECK ("id" ~ '^elp_[0-9a-f]{32}$' AND "version" >= 1),
    CONSTRAINT "EligibilityPolicy_name" CHECK (length("name") BETWEEN 1 AND 80),
    CONSTRAINT "EligibilityPolicy_of" CHECK (cardinality("classes") > 0 AND "classes" <@ '{edge,control,database,storage,calls}'::text[]
      AND cardinality("regions") > 0 AND "regions" <@ '{NA,EU,AS,JP,IN,CN}'::text[]
      AND cardinality("dataClasses") > 0 AND "dataClasses" <@ '{account,enduser,content,log}'::text[]
      AND coalesce(cardinality("roles") > 0 AND "roles" <@ '{administrator,security,support}'::text[], true)
      AND coalesce(cardinality("targets") BETWEEN 1 AND 64, true)),
    CONSTRAINT "EligibilityPolicy_numbers" CHECK ("maxMinutes" BETWEEN 1 AND 480 AND "decideMinutes" BETWEEN 60 AND 1440
      AND "security" BETWEEN 1 AND 3 AND "onCall" BETWEEN 0 AND 3 AND "denials" BETWEEN 1 AND 3),
    CONSTRAINT "EligibilityPolicy_ticket" CHECK (length("ticketPattern") BETWEEN 1 AND 120)
);

-- ---- requests

CREATE TABLE "AccessRequest" (
    "id" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "extendsId" TEXT,
    -- What was signed, name by name (lib/kernel/grant).
    "terms" JSONB NOT NULL,
    "targets" TEXT[] NOT NULL,
    -- Whose data the targets hold, as it stood when it was asked.
    "organisations" TEXT[] NOT NULL,
    "decideBy" TIMESTAMPTZ(0) NOT NULL,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- Copies of what the keyring said last.
    "state" TEXT NOT NULL DEFAULT 'pending',
    "startsAt" TIMESTAMPTZ(0),
    "deadline" TIMESTAMPTZ(0),
    "minutes" INTEGER,
    "why" TEXT,
    -- Of the hosts, once it is over.
    "closing" TEXT NOT NULL DEFAULT 'none',
    -- The state, and of a grant its end, that the log was told last.
    "logged" TEXT NOT NULL DEFAULT 'pending',
    CONSTRAINT "AccessRequest_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessRequest_id" CHECK ("id" ~ '^grt_[0-9a-f]{32}$'),
    CONSTRAINT "AccessRequest_kind" CHECK ("kind" IN ('access', 'break-glass', 'extension') AND ("kind" = 'extension') = ("extendsId" IS NOT NULL)),
    CONSTRAINT "AccessRequest_terms" CHECK (jsonb_typeof("terms") = 'array' AND length("terms"::text) <= 16384),
    CONSTRAINT "AccessRequest_state" CHECK ("state" IN ('pending', 'denied', 'undecided', 'withdrawn', 'scheduled', 'active', 'ended', 'extended')),
    CONSTRAINT "AccessRequest_closing" CHECK ("closing" IN ('none', 'closing', 'closed', 'failed')),
    CONSTRAINT "AccessRequest_extendsId_fkey" FOREIGN KEY ("extendsId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "AccessRequest_requestedAt_idx" ON "AccessRequest"("requestedAt" DESC);
CREATE INDEX "AccessRequest_personId_idx" ON "AccessRequest"("personId", "requestedAt" DESC);
CREATE INDEX "AccessRequest_open_idx" ON "AccessRequest"("state") WHERE "state" IN ('pending', 'scheduled', 'active');

-- What a concerned customer sees of a request: of it and of itself only. Who asks has another id in every organisation.
CREATE TABLE "ProviderAccess" (
    "requestId" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "employer" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    -- What the organisation's setting made of it: told, asked, or told because it was break-glass.
    "mode" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "ticket" TEXT NOT NULL,
    "targets" TEXT[] NOT NULL,
    "projects" TEXT[] NOT NULL,
    "dataClasses" TEXT[] NOT NULL,
    "command" TEXT,
    "files" BOOLEAN NOT NULL,
    "minutes" INTEGER NOT NULL,
    -- What has to be signed; null where nothing is asked.
    "terms" JSONB,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "answerBy" TIMESTAMPTZ(0) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "startsAt" TIMESTAMPTZ(0),
    "deadline" TIMESTAMPTZ(0),
    "why" TEXT,
    -- As in "AccessRequest", of the customer's log.
    "logged" TEXT NOT NULL DEFAULT 'pending',
    CONSTRAINT "ProviderAccess_pkey" PRIMARY KEY ("requestId", "organisationId"),
    CONSTRAINT "ProviderAccess_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProviderAccess_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProviderAccess_mode" CHECK ("mode" IN ('notify', 'approve', 'break-glass') AND ("mode" = 'approve') = ("terms" IS NOT NULL)),
    CONSTRAINT "ProviderAccess_state" CHECK ("state" IN ('pending', 'denied', 'undecided', 'withdrawn', 'scheduled', 'active', 'ended', 'extended'))
);
CREATE INDEX "ProviderAccess_organisationId_requestedAt_idx" ON "ProviderAccess"("organisationId", "requestedAt" DESC);

-- Approvals, refusals, and what two others say of a break-glass afterwards.
CREATE TABLE "AccessVote" (
    "requestId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    -- Of a member of a customer.
    "organisationId" TEXT,
    "role" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AccessVote_pkey" PRIMARY KEY ("requestId", "userId"),
    CONSTRAINT "AccessVote_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AccessVote_verdict" CHECK ("verdict" IN ('approve', 'deny') AND "minutes" BETWEEN 0 AND 480),
    CONSTRAINT "AccessVote_role" CHECK (CASE WHEN "organisationId" IS NULL THEN "role" IN ('security', 'on-call', 'review')
      ELSE "role" = 'customer ' || "organisationId" END)
);

-- Questions and answers about a request. With an organisation: between it and the provider.
CREATE TABLE "AccessComment" (
    "id" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "organisationId" TEXT,
    "authorId" TEXT NOT NULL,
    "byStaff" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AccessComment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessComment_id" CHECK ("id" ~ '^cmt_[0-9a-f]{32}$'),
    CONSTRAINT "AccessComment_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AccessComment_text" CHECK (length("text") BETWEEN 1 AND 1000)
);
CREATE INDEX "AccessComment_requestId_at_idx" ON "AccessComment"("requestId", "at");

CREATE TABLE "ProductionSession" (
    "id" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    -- `web terminal`, or `key SHA256:…`.
    "through" TEXT NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- By what the gateway delivers.
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "why" TEXT,
    CONSTRAINT "ProductionSession_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ProductionSession_id" CHECK ("id" ~ '^ssn_[0-9a-f]{32}$'),
    CONSTRAINT "ProductionSession_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "AccessRequest"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "ProductionSession_requestId_idx" ON "ProductionSession"("requestId");
CREATE INDEX "ProductionSession_openedAt_idx" ON "ProductionSession"("openedAt" DESC);

-- Nothing begins and nothing goes on for whoever, or on whatever, is locked.
CREATE TABLE "AccessLock" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    -- A person, a target, a project's App ID or a passkey; empty: everything.
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "setById" TEXT NOT NULL,
    "setAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "liftedById" TEXT,
    "liftedAt" TIMESTAMPTZ(3),
    CONSTRAINT "AccessLock_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AccessLock_id" CHECK ("id" ~ '^lck_[0-9a-f]{32}$'),
    CONSTRAINT "AccessLock_kind" CHECK ("kind" IN ('user', 'target', 'project', 'device', 'everything') AND ("kind" = 'everything') = ("subject" = '')),
    CONSTRAINT "AccessLock_reason" CHECK (length("reason") BETWEEN 1 AND 500 AND length("subject") <= 128),
    CONSTRAINT "AccessLock_lifted" CHECK (("liftedAt" IS NULL) = ("liftedById" IS NULL))
);
CREATE INDEX "AccessLock_setAt_idx" ON "AccessLock"("setAt" DESC);

-- A customer's say over access to its data. A project without a row is told.
CREATE TABLE "LockboxSetting" (
    "projectId" TEXT NOT NULL,
    "organisationId" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    -- How long a request may wait for the customer; then it is over and nobody gets in.
    "answerMinutes" INTEGER NOT NULL,
    "changedById" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "LockboxSetting_pkey" PRIMARY KEY ("projectId"),
    CONSTRAINT "LockboxSetting_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "LockboxSetting_mode" CHECK ("mode" IN ('notify', 'approve', 'deny')),
    CONSTRAINT "LockboxSetting_minutes" CHECK ("answerMinutes" BETWEEN 60 AND 1440)
);
CREATE INDEX "LockboxSetting_organisationId_idx" ON "LockboxSetting"("organisationId");

-- People who left, and that the keyring was told so.
CREATE TABLE "AccessLeaver" (
    "userId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "AccessLeaver_pkey" PRIMARY KEY ("userId")
);

-- The key of the ids that staff have in customers' records: made here, known to nobody outside. Two padded blocks of HMAC (RFC 2104).
DO $$
DECLARE
  key bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  padded bytea := key;
  outer_padded bytea := key;
BEGIN
  FOR i IN 0..63 LOOP
    padded := set_byte(padded, i, get_byte(key, i) # 54);
    outer_padded := set_byte(outer_padded, i, get_byte(key, i) # 92);
  END LOOP;
  INSERT INTO cordon.secret (name, inner_pad, outer_pad) VALUES ('staff-alias', padded, outer_padded);
END $$;

-- ---- who reads and writes what

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['CommitteeDecision', 'CommitteeVote', 'Training', 'Agreement', 'AgreementSignature', 'EmployeePlace', 'AccessTarget',
    'EligibilityPolicy', 'AccessRequest', 'ProviderAccess', 'AccessVote', 'AccessComment', 'ProductionSession', 'AccessLock', 'LockboxSetting',
    'AccessLeaver'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY definer ON %I TO cordon_definer USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO cordon_definer', t);
  END LOOP;
  -- Staff see all of it; what is a customer's own stands below.
  FOREACH t IN ARRAY ARRAY['CommitteeDecision', 'CommitteeVote', 'Training', 'Agreement', 'AgreementSignature', 'EmployeePlace', 'AccessTarget',
    'EligibilityPolicy', 'AccessRequest', 'ProductionSession', 'AccessLock'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO cordon_console', t);
    EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO cordon_console USING ((SELECT cordon.current_kind()) = ''staff'')', t);
  END LOOP;
END $$;
GRANT UPDATE ON "CommitteeDecision", "AccessRequest", "ProviderAccess" TO cordon_definer;
GRANT INSERT, DELETE ON "AccessLeaver" TO cordon_definer;

GRANT INSERT ("id", "kind", "members", "person", "designation", "until", "minutes", "proposedById") ON "CommitteeDecision" TO cordon_console;
CREATE POLICY make ON "CommitteeDecision" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) <> 'auditor' AND "proposedById" = (SELECT cordon.current_actor()));
GRANT INSERT ("decisionId", "userId", "verdict") ON "CommitteeVote" TO cordon_console;
CREATE POLICY make ON "CommitteeVote" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) <> 'auditor' AND "userId" = (SELECT cordon.current_actor()));

GRANT INSERT ("id", "userId", "course", "completedAt", "expiresAt", "evidence", "recordedById") ON "Training" TO cordon_console;
CREATE POLICY make ON "Training" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "recordedById" = (SELECT cordon.current_actor()) AND "userId" IN (SELECT u."id" FROM "User" u WHERE u."realm" = 'staff'));
GRANT INSERT ("version", "text", "months", "publishedById") ON "Agreement" TO cordon_console;
CREATE POLICY make ON "Agreement" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "publishedById" = (SELECT cordon.current_actor()));
GRANT INSERT ("userId", "version", "expiresAt") ON "AgreementSignature" TO cordon_console;
CREATE POLICY make ON "AgreementSignature" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND "userId" = (SELECT cordon.current_actor()));
GRANT INSERT ("userId", "employer", "country", "recordedById"), UPDATE ("employer", "country", "recordedById", "recordedAt") ON "EmployeePlace" TO cordon_console;
CREATE POLICY make ON "EmployeePlace" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "recordedById" = (SELECT cordon.current_actor()));
CREATE POLICY change ON "EmployeePlace" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security'))
  WITH CHECK ("recordedById" = (SELECT cordon.current_actor()));

GRANT INSERT ("id", "class", "region", "dataClasses", "organisations", "changedById"),
  UPDATE ("class", "region", "dataClasses", "organisations", "state", "changedById", "changedAt") ON "AccessTarget" TO cordon_console;
CREATE POLICY make ON "AccessTarget" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "changedById" = (SELECT cordon.current_actor()));
CREATE POLICY change ON "AccessTarget" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security'))
  WITH CHECK ("changedById" = (SELECT cordon.current_actor()));
-- Versions are added, never changed.
GRANT INSERT ("id", "version", "name", "roles", "targets", "classes", "regions", "dataClasses", "maxMinutes", "decideMinutes", "security", "onCall",
  "denials", "ticketPattern", "files", "breakGlass", "ended", "changedById") ON "EligibilityPolicy" TO cordon_console;
CREATE POLICY make ON "EligibilityPolicy" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "changedById" = (SELECT cordon.current_actor()));

GRANT INSERT ("id", "personId", "kind", "extendsId", "terms", "targets", "organisations", "decideBy") ON "AccessRequest" TO cordon_console;
CREATE POLICY make ON "AccessRequest" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) <> 'auditor' AND "personId" = (SELECT cordon.current_actor()));
GRANT INSERT ("id", "requestId", "userId", "target", "through") ON "ProductionSession" TO cordon_console;
CREATE POLICY make ON "ProductionSession" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND "userId" = (SELECT cordon.current_actor())
  AND "requestId" IN (SELECT r."id" FROM "AccessRequest" r WHERE r."personId" = (SELECT cordon.current_actor())));
GRANT INSERT ("id", "kind", "subject", "reason", "setById"), UPDATE ("liftedById", "liftedAt") ON "AccessLock" TO cordon_console;
CREATE POLICY make ON "AccessLock" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security')
  AND "setById" = (SELECT cordon.current_actor()));
CREATE POLICY lift ON "AccessLock" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'staff' AND (SELECT cordon.current_standing()) IN ('administrator', 'security') AND "liftedAt" IS NULL)
  WITH CHECK ("liftedById" = (SELECT cordon.current_actor()));

-- A customer's own: never the request itself, and never another customer's part of it.
GRANT SELECT ON "ProviderAccess" TO cordon_console;
GRANT INSERT ("requestId", "organisationId", "staffId", "employer", "country", "kind", "mode", "purpose", "reason", "ticket", "targets", "projects",
  "dataClasses", "command", "files", "minutes", "terms", "answerBy") ON "ProviderAccess" TO cordon_console;
-- Of customers whoever reads the audit log, and an auditor no more than their terms cover.
CREATE POLICY see ON "ProviderAccess" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind()) WHEN 'staff' THEN true
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);
CREATE POLICY auditor_scope ON "ProviderAccess" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  NOT coalesce((SELECT cordon.scope_bounded()), false) OR (coalesce("projects" && (SELECT cordon.scope_projects()), true)
    AND coalesce("requestedAt" >= (SELECT cordon.scope_from()), true) AND coalesce("requestedAt" < (SELECT cordon.scope_before()), true)));
CREATE POLICY make ON "ProviderAccess" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.current_kind()) = 'staff'
  AND "requestId" IN (SELECT r."id" FROM "AccessRequest" r WHERE r."personId" = (SELECT cordon.current_actor())));

GRANT SELECT ON "AccessVote" TO cordon_console;
GRANT INSERT ("requestId", "userId", "organisationId", "role", "verdict", "minutes") ON "AccessVote" TO cordon_console;
-- Which of a customer's people said something is theirs to know: staff get that by a function, without names.
CREATE POLICY see ON "AccessVote" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind()) WHEN 'staff' THEN "organisationId" IS NULL
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation()) AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p)
    ELSE false END);
CREATE POLICY make ON "AccessVote" FOR INSERT TO cordon_console WITH CHECK ("userId" = (SELECT cordon.current_actor())
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) <> 'auditor'
      AND "requestId" NOT IN (SELECT r."id" FROM "AccessRequest" r WHERE r."personId" = (SELECT cordon.current_actor()))
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member'))
      AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p WHERE p."mode" = 'approve')
    ELSE false END);

GRANT SELECT ON "AccessComment" TO cordon_console;
GRANT INSERT ("id", "requestId", "organisationId", "authorId", "byStaff", "text") ON "AccessComment" TO cordon_console;
CREATE POLICY see ON "AccessComment" FOR SELECT TO cordon_console USING (
  CASE (SELECT cordon.current_kind()) WHEN 'staff' THEN "organisationId" IS NULL OR "byStaff"
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation()) AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p)
    ELSE false END);
CREATE POLICY make ON "AccessComment" FOR INSERT TO cordon_console WITH CHECK ("authorId" = (SELECT cordon.current_actor())
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "byStaff" AND (SELECT cordon.current_standing()) <> 'auditor'
      AND ("organisationId" IS NULL OR ("requestId", "organisationId") IN (SELECT p."requestId", p."organisationId" FROM "ProviderAccess" p))
    WHEN 'member' THEN NOT "byStaff" AND "organisationId" = (SELECT cordon.current_organisation()) AND (SELECT cordon.administers('member'))
      AND "requestId" IN (SELECT p."requestId" FROM "ProviderAccess" p)
    ELSE false END);

GRANT SELECT ON "LockboxSetting" TO cordon_console;
GRANT INSERT ("projectId", "organisationId", "mode", "answerMinutes", "changedById"), UPDATE ("mode", "answerMinutes", "changedById", "changedAt")
  ON "LockboxSetting" TO cordon_console;
CREATE POLICY see ON "LockboxSetting" FOR SELECT TO cordon_console USING (
  (SELECT cordon.current_kind()) = 'member' AND "organisationId" = (SELECT cordon.current_organisation()));
CREATE POLICY auditor_scope ON "LockboxSetting" AS RESTRICTIVE FOR SELECT TO cordon_console USING (
  coalesce(ARRAY["projectId"] && (SELECT cordon.scope_projects()), true));
CREATE POLICY make ON "LockboxSetting" FOR INSERT TO cordon_console WITH CHECK (
  (SELECT cordon.administers('member')) AND "organisationId" = (SELECT cordon.current_organisation())
  AND "projectId" IN (SELECT p."id" FROM "Project" p) AND "changedById" = (SELECT cordon.current_actor()));
CREATE POLICY change ON "LockboxSetting" FOR UPDATE TO cordon_console USING (
  (SELECT cordon.administers('member')) AND "organisationId" = (SELECT cordon.current_organisation()))
  WITH CHECK ("changedById" = (SELECT cordon.current_actor()));

-- Control follows what the keyring says, and writes down what hosts and the gateway report.
GRANT SELECT ON "AccessRequest", "ProviderAccess", "ProductionSession", "AccessTarget" TO cordon_control;
GRANT UPDATE ("state", "startsAt", "deadline", "minutes", "why", "closing", "logged") ON "AccessRequest" TO cordon_control;
GRANT UPDATE ("state", "startsAt", "deadline", "why", "logged") ON "ProviderAccess" TO cordon_control;
GRANT UPDATE ("startedAt", "endedAt", "why") ON "ProductionSession" TO cordon_control;
CREATE POLICY control ON "AccessRequest" TO cordon_control USING (true);
CREATE POLICY control ON "ProviderAccess" TO cordon_control USING (true);
CREATE POLICY control ON "ProductionSession" TO cordon_control USING (true);
CREATE POLICY control ON "AccessTarget" FOR SELECT TO cordon_control USING (true);

-- What a customer says about access to its data stands in the provider's log as well.
DROP POLICY append ON "AuditEvent";
CREATE POLICY append ON "AuditEvent" FOR INSERT TO cordon_console WITH CHECK (
  "at" BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '2 minutes'
  AND CASE (SELECT cordon.current_kind())
    WHEN 'member' THEN "actorKind" = 'member' AND ("organisationId" = (SELECT cordon.current_organisation())
      OR ("organisationId" IS NULL AND "schema" IN ('grant.voted@1', 'grant.ended@1', 'grant.commented@1')))
    WHEN 'key' THEN "actorKind" = 'api-key' AND "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'staff' THEN "actorKind" = 'staff'
    -- A person's own acts: in the provider's log, and in those of the organisations they belong to.
    WHEN 'person' THEN "actorKind" IN ('member', 'staff')
      AND ("organisationId" IS NULL OR "organisationId" IN (SELECT m."organisationId" FROM "Membership" m))
    ELSE false END);
DROP POLICY append ON "AuditValue";
CREATE POLICY append ON "AuditValue" FOR INSERT TO cordon_console WITH CHECK (
  CASE (SELECT cordon.current_kind())
    WHEN 'member' THEN "organisationId" IS NULL OR "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'key' THEN "organisationId" = (SELECT cordon.current_organisation())
    WHEN 'staff' THEN true
    WHEN 'person' THEN "organisationId" IS NULL OR "organisationId" IN (SELECT m."organisationId" FROM "Membership" m)
    ELSE false END);

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- As in 0011, and access to production is agreed to by passkey only.
CREATE OR REPLACE FUNCTION cordon.may_use_totp_for(user_id text, realm public."Realm", action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT realm = 'customer' AND action NOT IN ('grant.vote') AND (
    (action NOT IN ('passkey.add', 'passkey.remove', 'totp.enrol', 'password.change', 'recovery.renew')
      AND NOT EXISTS (SELECT 1 FROM public."Membership" m WHERE m."userId" = may_use_totp_for.user_id
        AND (cordon.access_policy_of(m."organisationId"))."factor" <> 'any'))
    OR NOT EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = may_use_totp_for.user_id AND p."state" = 'active'))
$$;

-- The id that an employee has in the records of one organisation, and in no other's.
CREATE FUNCTION cordon.staff_alias(organisation_id text, user_id text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN 'stf_' || left(cordon.mac('staff-alias', organisation_id || '|' || user_id), 32);
END $$;

-- For whoever asks: what the projects say whose data is concerned. Of an organisation all that are not archived, of an App ID that one.
CREATE FUNCTION cordon.lockboxes(organisations text[], apps text[]) RETURNS TABLE (organisation_id text, project_id text, app_id text, mode text,
  answer_minutes int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY
    SELECT o."id", p."id", p."appId", coalesce(s."mode", 'notify'), coalesce(s."answerMinutes", 240)
    FROM public."Organisation" o
    LEFT JOIN public."Project" p ON p."organisationId" = o."id" AND p."status" <> 'archived'
    LEFT JOIN public."LockboxSetting" s ON s."projectId" = p."id"
    WHERE o."id" = ANY (organisations)
    UNION
    SELECT p."organisationId", p."id", p."appId", coalesce(s."mode", 'notify'), coalesce(s."answerMinutes", 240)
    FROM public."Project" p LEFT JOIN public."LockboxSetting" s ON s."projectId" = p."id" WHERE p."appId" = ANY (apps);
END $$;

-- What customers said of requests, without who of them.
CREATE FUNCTION cordon.customer_votes(requests text[]) RETURNS TABLE (request_id text, organisation_id text, role text, verdict text, minutes int,
  at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY SELECT v."requestId", v."organisationId", v."role", v."verdict", v."minutes", v."at"::timestamptz FROM public."AccessVote" v
    WHERE v."requestId" = ANY (requests) AND v."organisationId" IS NOT NULL;
END $$;
CREATE FUNCTION cordon.customer_comments(requests text[]) RETURNS TABLE (id text, request_id text, organisation_id text, "text" text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  RETURN QUERY SELECT c."id", c."requestId", c."organisationId", c."text", c."at"::timestamptz FROM public."AccessComment" c
    WHERE c."requestId" = ANY (requests) AND NOT c."byStaff";
END $$;

-- Copies what the keyring says of a request. Of customers, those it concerns.
CREATE FUNCTION cordon.note_standing(request_id text, state text, starts_at timestamptz, deadline timestamptz, minutes int, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' AND NOT EXISTS (SELECT 1 FROM public."ProviderAccess" p
    WHERE p."requestId" = note_standing.request_id AND p."organisationId" = cordon.current_organisation() AND cordon.administers('member')) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  UPDATE public."AccessRequest" r SET "state" = note_standing.state, "startsAt" = note_standing.starts_at, "deadline" = note_standing.deadline,
    "minutes" = coalesce(note_standing.minutes, r."minutes"), "why" = note_standing.why WHERE r."id" = note_standing.request_id;
  UPDATE public."ProviderAccess" p SET "state" = note_standing.state, "startsAt" = note_standing.starts_at, "deadline" = note_standing.deadline,
    "why" = note_standing.why WHERE p."requestId" = note_standing.request_id;
END $$;

CREATE FUNCTION cordon.settle_decision(decision_id text, state text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cordon.current_kind() IS DISTINCT FROM 'staff' THEN PERFORM cordon.refuse('context.required'); END IF;
  UPDATE public."CommitteeDecision" d SET "state" = settle_decision.state, "settledAt" = clock_timestamp()
  WHERE d."id" = decision_id AND d."state" = 'open' AND settle_decision.state IN ('taken', 'refused');
END $$;

-- Notices about a request: to employees who are named, and to owners and administrators of organisations it concerns.
CREATE FUNCTION cordon.tell_access(request_id text, kind text, people text[], organisations text[], fields jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(CASE cordon.current_kind()
      WHEN 'staff' THEN tell_access.kind IN ('grant.asked', 'grant.told', 'grant.decided', 'grant.commented', 'grant.break-glass', 'grant.review',
        'grant.ended')
      WHEN 'member' THEN tell_access.kind IN ('grant.decided', 'grant.commented') AND EXISTS (SELECT 1 FROM public."ProviderAccess" p
        WHERE p."requestId" = tell_access.request_id AND p."organisationId" = cordon.current_organisation()) END, false)
    OR NOT EXISTS (SELECT 1 FROM public."AccessRequest" r WHERE r."id" = request_id) THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  PERFORM cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), u."id", NULL, tell_access.kind, tell_access.fields)
  FROM public."User" u
  WHERE u."status" = 'active' AND (
    (u."realm" = 'staff' AND u."id" = ANY (people))
    -- Whoever asked hears of what a customer says.
    OR (cordon.current_kind() = 'member' AND u."id" = (SELECT r."personId" FROM public."AccessRequest" r WHERE r."id" = request_id))
    OR EXISTS (SELECT 1 FROM public."Membership" m JOIN public."ProviderAccess" p ON p."organisationId" = m."organisationId"
      WHERE m."userId" = u."id" AND m."role" IN ('owner', 'administrator') AND p."requestId" = tell_access.request_id
        AND p."organisationId" = ANY (organisations)));
END $$;

-- Whether both trainings and the agreement of now are current, and there is a passkey that cannot leave its device.
CREATE FUNCTION cordon.access_ready(user_id text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (SELECT count(DISTINCT t."course") FROM public."Training" t WHERE t."userId" = access_ready.user_id AND t."expiresAt" > clock_timestamp()) = 2
    AND EXISTS (SELECT 1 FROM public."AgreementSignature" s WHERE s."userId" = access_ready.user_id AND s."expiresAt" > clock_timestamp()
      AND s."version" = (SELECT max(a."version") FROM public."Agreement" a))
    AND EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."userId" = access_ready.user_id AND p."state" = 'active' AND p."deviceBound")
$$;

-- Requests that must be over: what the person has to have has lapsed, they left, something is locked, or nobody used the grant for half an hour.
CREATE FUNCTION cordon.access_due() RETURNS TABLE (request_id text, why text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r."id", CASE WHEN l.locked THEN 'locked' WHEN n.unused THEN 'unused' ELSE 'lapsed' END
  FROM public."AccessRequest" r JOIN public."User" u ON u."id" = r."personId",
    LATERAL (SELECT EXISTS (SELECT 1 FROM public."AccessLock" k WHERE k."liftedAt" IS NULL AND CASE k."kind"
      WHEN 'user' THEN k."subject" = r."personId"
      WHEN 'target' THEN k."subject" = ANY (r."targets")
      WHEN 'project' THEN 'app:' || k."subject" = ANY (r."targets")
      WHEN 'device' THEN EXISTS (SELECT 1 FROM public."Passkey" p WHERE p."id" = k."subject" AND p."userId" = r."personId")
      ELSE true END) AS locked) l,
    LATERAL (SELECT r."state" = 'active' AND r."kind" <> 'extension' AND r."startsAt" < clock_timestamp() - interval '30 minutes'
      AND NOT EXISTS (SELECT 1 FROM public."ProductionSession" s WHERE s."requestId" = r."id") AS unused) n
  WHERE r."state" IN ('pending', 'scheduled', 'active') AND (l.locked OR n.unused OR u."status" <> 'active' OR NOT cordon.access_ready(r."personId"))
$$;

-- Employees who left and of whom the keyring may still hold votes or designations, each once; and again after they were taken back.
CREATE FUNCTION cordon.access_leavers() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public."AccessLeaver" l USING public."User" u WHERE u."id" = l."userId" AND u."status" = 'active';
  RETURN QUERY SELECT u."id" FROM public."User" u WHERE u."realm" = 'staff' AND u."status" <> 'active'
    AND NOT EXISTS (SELECT 1 FROM public."AccessLeaver" l WHERE l."userId" = u."id")
    AND (EXISTS (SELECT 1 FROM public."AccessVote" v WHERE v."userId" = u."id")
      OR EXISTS (SELECT 1 FROM public."CommitteeDecision" d WHERE d."person" = u."id" OR u."id" = ANY (d."members")));
END $$;
CREATE FUNCTION cordon.note_leaver(user_id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public."AccessLeaver" ("userId") VALUES (note_leaver.user_id) ON CONFLICT DO NOTHING
$$;

-- From control: to the person, and to security officers and administrators of the provider.
CREATE FUNCTION cordon.tell_access_ended(request_id text, kind text, fields jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), u."id", NULL, tell_access_ended.kind, fields)
  FROM public."User" u JOIN public."AccessRequest" r ON r."id" = tell_access_ended.request_id
  WHERE u."status" = 'active' AND tell_access_ended.kind IN ('grant.ended', 'grant.failed-to-close') AND (u."id" = r."personId"
    OR (tell_access_ended.kind = 'grant.failed-to-close' AND u."realm" = 'staff' AND u."staffRole" IN ('administrator', 'security')))
$$;

GRANT EXECUTE ON FUNCTION cordon.staff_alias(text, text), cordon.lockboxes(text[], text[]), cordon.customer_votes(text[]), cordon.customer_comments(text[]),
  cordon.note_standing(text, text, timestamptz, timestamptz, int, text), cordon.settle_decision(text, text),
  cordon.tell_access(text, text, text[], text[], jsonb) TO cordon_console;
GRANT EXECUTE ON FUNCTION cordon.access_due(), cordon.access_leavers(), cordon.note_leaver(text), cordon.tell_access_ended(text, text, jsonb)
  TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
