-- Saved views of the provider's log, for the staff who read it, beside those of organisations.

-- Null: the provider's.
ALTER TABLE "AuditView" ALTER COLUMN "organisationId" DROP NOT NULL;

DROP POLICY see ON "AuditView";
DROP POLICY make ON "AuditView";
DROP POLICY remove ON "AuditView";
CREATE POLICY see ON "AuditView" FOR SELECT TO cordon_console USING (
  ("shared" OR "ownerId" = (SELECT cordon.current_actor()))
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);
CREATE POLICY make ON "AuditView" FOR INSERT TO cordon_console WITH CHECK (
  "ownerId" = (SELECT cordon.current_actor())
  AND CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL AND (SELECT cordon.current_standing()) IN ('administrator', 'security', 'auditor')
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND (SELECT cordon.current_standing()) IN ('owner', 'administrator', 'auditor')
    ELSE false END);
-- One's own. Whoever manages the others may take a shared one away.
CREATE POLICY remove ON "AuditView" FOR DELETE TO cordon_console USING (
  CASE (SELECT cordon.current_kind())
    WHEN 'staff' THEN "organisationId" IS NULL
      AND ("ownerId" = (SELECT cordon.current_actor()) OR ("shared" AND (SELECT cordon.current_standing()) = 'administrator'))
    WHEN 'member' THEN "organisationId" = (SELECT cordon.current_organisation())
      AND ("ownerId" = (SELECT cordon.current_actor()) OR ("shared" AND (SELECT cordon.administers('member'))))
    ELSE false END);
