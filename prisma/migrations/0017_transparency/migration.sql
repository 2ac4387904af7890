-- What is served of the transparency logs. Of the operator's anybody may have everything that is signed: it says of an organisation its id, and how
-- much and when something happened there. An organisation's log and the provider's are read through the row policies of 0016.

-- The console reads an entry of a log at its place: events are found by (xid, id). LogLeaf shows the same numbers.
GRANT SELECT ("xid") ON "AuditEvent" TO cordon_console;
GRANT SELECT ON "LogTile" TO cordon_definer;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;

CREATE FUNCTION cordon.operator_checkpoint() RETURNS TABLE ("size" bigint, "root" bytea, "note" bytea, "at" timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k."size", k."root", k."note", k."at"::timestamptz FROM public."LogCheckpoint" k WHERE k."log" = 'operator' ORDER BY k."size" DESC LIMIT 1
$$;

-- Whatever is stored of a tile; how much of it is signed the newest checkpoint says. Null when there is none.
CREATE FUNCTION cordon.operator_tile(level smallint, n bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t."hashes" FROM public."LogTile" t WHERE t."log" = 'operator' AND t."level" = operator_tile.level AND t."n" = operator_tile.n
$$;

-- Its entries are the notes of the others, in their order; at most one bundle at a time.
CREATE FUNCTION cordon.operator_entries(first bigint, width integer) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k."note" FROM public."LogCheckpoint" k
   WHERE k."operatorIndex" >= first AND k."operatorIndex" < first + least(width, 256) ORDER BY k."operatorIndex"
$$;

GRANT EXECUTE ON FUNCTION cordon.operator_checkpoint(), cordon.operator_tile(smallint, bigint), cordon.operator_entries(bigint, integer)
  TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
