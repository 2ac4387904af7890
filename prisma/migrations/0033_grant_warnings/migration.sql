-- Ten and two minutes before a grant ends its person is told, once each; and again when the end has moved.

ALTER TABLE "AccessRequest" ADD COLUMN "warned" TEXT;
CREATE INDEX "AccessRequest_active_idx" ON "AccessRequest"("deadline") WHERE "state" = 'active';

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

-- From control, every second. A grant that is no longer than a warning is early gets no such warning.
CREATE FUNCTION cordon.warn_of_ends() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one record;
  told int := 0;
BEGIN
  FOR one IN
    UPDATE public."AccessRequest" r SET "warned" = near.minutes || ' ' || extract(epoch FROM r."deadline")::bigint
    FROM (SELECT a."id", CASE WHEN a."deadline" > clock_timestamp() + interval '2 minutes' THEN 10 ELSE 2 END AS minutes
      FROM public."AccessRequest" a
      WHERE a."state" = 'active' AND a."deadline" > clock_timestamp() AND a."deadline" <= clock_timestamp() + interval '10 minutes'
      FOR UPDATE SKIP LOCKED) near
    WHERE r."id" = near."id" AND r."deadline" - r."startsAt" > make_interval(mins => near.minutes)
      AND r."warned" IS DISTINCT FROM near.minutes || ' ' || extract(epoch FROM r."deadline")::bigint
    RETURNING r."id", r."personId", r."targets", near.minutes
  LOOP
    PERFORM cordon.insert_notice('ntc_' || replace(gen_random_uuid()::text, '-', ''), one."personId", NULL, 'grant.ending',
      jsonb_build_object('targets', left(array_to_string(one."targets", ', '), 120), 'minutes', one.minutes, 'request', one."id"));
    told := told + 1;
  END LOOP;
  RETURN told;
END $$;

GRANT EXECUTE ON FUNCTION cordon.warn_of_ends() TO cordon_control;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
