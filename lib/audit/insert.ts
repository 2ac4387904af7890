import type { AnyTx } from '@/lib/db';
import { encodeBase64 } from '@/lib/kernel/encoding';
import type { Header, Leaf } from './leaf';
import type { SealedValues } from './values';

/** An event as it goes into its tables. */
export interface Row extends Header, Leaf {
  seed: Uint8Array;
  sealed: SealedValues[];
}

const COLUMNS = `"id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId",
      "header", "commitments", "seed", "entry"`;

/** One statement and one round trip, whatever the number of events and subjects. */
const INSERT = `/* prepare:audit_append */
  with event as (
    insert into "AuditEvent" (${COLUMNS})
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
      $11::text[], $12::bytea[], $13::jsonb[], $14::bytea[], $15::bytea[]))
  insert into "AuditValue" ("eventId", "subject", "organisationId", "sealed")
  select * from unnest($16::uuid[], $17::text[], $18::text[], $19::bytea[])`;

const EVENT = `insert into "AuditEvent" (${COLUMNS})
    values ($1::uuid, $2, $3::timestamptz, $4::uuid, $5, $6, $7, $8, $9, $10, $11, $12::bytea, $13::jsonb, $14::bytea, $15::bytea)`;
const VALUES = ['($1, $16, $2, $17::bytea)', '($1, $18, $2, $19::bytea)'];

/** Of one event with none, one or two subjects, as nearly all are: without arrays it costs the database less than two thirds. */
const INSERT_ONE = [
  `/* prepare:audit_append_one */ ${EVENT}`,
  ...VALUES.map(
    (_, i) => `/* prepare:audit_append_one_${'abc'[i]} */ with event as (${EVENT})
  insert into "AuditValue" ("eventId", "subject", "organisationId", "sealed") values ${VALUES.slice(0, i + 1).join()}`,
  ),
];

export function insert(tx: AnyTx, rows: readonly Row[]): Promise<void> {
  const [row] = rows;
  const statement = rows.length === 1 && row ? INSERT_ONE[row.sealed.length] : undefined;
  if (row && statement)
    return tx.execute(statement, [
      ...columnsOf(row),
      ...row.sealed.flatMap(({ subject, sealed }) => [subject, sealed]),
    ]);
  const columns = rows.map(columnsOf);
  const values = rows.flatMap(({ id, organisationId, sealed }) =>
    sealed.map((each) => [id, each.subject, organisationId, each.sealed]),
  );
  return tx.execute(INSERT, [...turned(columns, 15), ...turned(values, 4)]);
}

/** In the order of COLUMNS. */
const columnsOf = (row: Row): unknown[] => [
  row.id,
  row.organisationId,
  row.at,
  row.actId,
  row.schema,
  row.outcome,
  row.actorKind,
  row.actor,
  row.objectType,
  row.objectId,
  row.projectId,
  row.header,
  JSON.stringify(row.commitments),
  row.seed,
  row.entry,
];

/** Rows as one array per column. */
const turned = (rows: readonly unknown[][], width: number): unknown[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));

/** For whoever is not signed in the database writes, and looks at what it is given. */
export function insertAnonymous(tx: AnyTx, { sealed, ...row }: Row): Promise<void> {
  const event = {
    ...row,
    header: encodeBase64(row.header),
    seed: encodeBase64(row.seed),
    entry: encodeBase64(row.entry),
  };
  const values = sealed.map((each) => ({ subject: each.subject, sealed: encodeBase64(each.sealed) }));
  return tx.execute('select cordon.append_anonymous($1::jsonb, $2::jsonb)', [
    JSON.stringify(event),
    JSON.stringify(values),
  ]);
}
