-- Who a transaction is for. The answer is a setting of the transaction, written with a MAC by functions that first check a secret
-- and checked again by every row policy. SQL smuggled into a query can read the setting but not make another one: the MAC's key
-- lies in a table that only cordon_definer reads, and the value is bound to this backend and to this transaction.
--
-- Roles: cordon_owner owns tables, cordon_definer owns functions and may touch rows but not alter anything; neither can log in
-- and neither bypasses row policies. cordon_console and cordon_control log in and own nothing.

CREATE TABLE cordon.secret (
  name text PRIMARY KEY,
  -- HMAC (RFC 2104) key blocks, already combined with the inner and outer pad: 64 bytes each.
  inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
  outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);

CREATE TABLE cordon.setup (
  link_hash bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL,
  claimed_at timestamptz
);

GRANT SELECT ON cordon.secret TO cordon_definer;
GRANT SELECT, UPDATE ON cordon.setup TO cordon_definer;
GRANT USAGE ON SCHEMA cordon TO cordon_definer, cordon_console, cordon_control;

GRANT CREATE ON SCHEMA cordon TO cordon_definer;
SET LOCAL ROLE cordon_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Refusals carry a stable code as message under one SQLSTATE, so that callers tell them from faults.
CREATE FUNCTION cordon.refuse(code text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CD001', MESSAGE = code;
END $$;

CREATE FUNCTION cordon.mac(key_name text, message text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(s.outer_pad || sha256(s.inner_pad || convert_to(message, 'UTF8'))), 'hex')
  FROM cordon.secret s WHERE s.name = key_name
$$;

-- Compares digests of both, so that the time taken says nothing about how much was right.
CREATE FUNCTION cordon.same(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sha256(convert_to(a, 'UTF8')) = sha256(convert_to(b, 'UTF8')), false)
$$;

CREATE FUNCTION cordon.hash(secret text) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(convert_to(secret, 'UTF8'))
$$;

CREATE FUNCTION cordon.transaction_mark() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_backend_pid()::text || '|' || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint::text
$$;

-- kind|organisation|user|role|session|project|pid|transaction start|MAC
CREATE FUNCTION cordon.set_context(kind text, organisation text, usr text, role text, session text, project text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  value text;
BEGIN
  -- A separator inside a field (scopes are free text) would shift the others.
  IF strpos(concat(kind, organisation, usr, role, session, project), '|') > 0 THEN
    PERFORM cordon.refuse('context.required');
  END IF;
  value := concat_ws('|', kind, coalesce(organisation, ''), usr, role, coalesce(session, ''), coalesce(project, ''), cordon.transaction_mark());
  PERFORM set_config('cordon.context', value || '|' || cordon.mac('context', value), true);
END $$;

-- The fields of the context, or null when there is none that this transaction was given.
CREATE FUNCTION cordon.verified_context() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw text := current_setting('cordon.context', true);
  parts text[];
BEGIN
  IF raw IS NULL OR raw = '' OR length(raw) > 4096 THEN RETURN NULL; END IF;
  parts := string_to_array(raw, '|');
  IF cardinality(parts) <> 9 OR parts[7] || '|' || parts[8] <> cordon.transaction_mark() THEN RETURN NULL; END IF;
  IF NOT cordon.same(parts[9], cordon.mac('context', array_to_string(parts[1:8], '|'))) THEN RETURN NULL; END IF;
  RETURN parts;
END $$;

CREATE FUNCTION cordon.current_kind() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (cordon.verified_context())[1]
$$;
CREATE FUNCTION cordon.current_organisation() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT nullif((cordon.verified_context())[2], '')
$$;
-- A person's id, or an API key's.
CREATE FUNCTION cordon.current_actor() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (cordon.verified_context())[3]
$$;
-- The role in the organisation or in the provider's staff; of an API key its scopes, separated by commas.
CREATE FUNCTION cordon.current_standing() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (cordon.verified_context())[4]
$$;
-- Set for API keys, which see one project.
CREATE FUNCTION cordon.current_project() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT nullif((cordon.verified_context())[6], '')
$$;
-- Whether this context may write at all what the scope names: the second wall behind the application's rules.
CREATE FUNCTION cordon.may(scope text) RETURNS boolean LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(CASE c.context[1]
    WHEN 'member' THEN c.context[4] IN ('owner', 'administrator', 'developer')
    WHEN 'key' THEN scope = ANY (string_to_array(c.context[4], ','))
  END, false) FROM (SELECT cordon.verified_context() AS context) c
$$;
-- Whether this is an owner or administrator of the organisation, or an administrator of the provider's.
CREATE FUNCTION cordon.administers(kind text) RETURNS boolean LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(c.context[1] = kind AND c.context[4] IN ('owner', 'administrator'), false)
  FROM (SELECT cordon.verified_context() AS context) c
$$;

GRANT EXECUTE ON FUNCTION cordon.current_kind(), cordon.current_organisation(), cordon.current_actor(), cordon.current_standing(),
  cordon.current_project(), cordon.may(text), cordon.administers(text) TO cordon_console;

SET LOCAL ROLE cordon_owner;
REVOKE CREATE ON SCHEMA cordon FROM cordon_definer;
