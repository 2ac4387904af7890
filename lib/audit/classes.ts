/**
 * For how long records are kept, by what they are about. The database decides by the same table (`cordon.audit_class`, migration 0021); a test
 * holds the two together. What is in no list is an access record, which is kept longest.
 */
export const CLASSES = ['access', 'security', 'configuration', 'activity', 'keeping'] as const;
export type RecordClass = (typeof CLASSES)[number];
/** `keeping` is what became of the log itself: never pruned, so it has no period. */
export type RetainedClass = Exclude<RecordClass, 'keeping'>;

/** Whole months. Six years for access records (45 CFR 164.316(b)); a year is the least (PCI DSS 4.0, 10.5.1). */
export const DEFAULT_MONTHS: Readonly<Record<RetainedClass, number>> = {
  access: 72,
  security: 36,
  configuration: 72,
  activity: 13,
};
export const MONTHS = { least: 12, most: 120 } as const;

const KEEPING = new Set([
  'audit.pruning_proposed',
  'audit.pruning_approved',
  'audit.pruning_withdrawn',
  'audit.pruned',
  'audit.hold_set',
  'audit.hold_release_asked',
  'audit.hold_released',
  'audit.retention_changed',
  'audit.subject_erased',
]);
/** Reads, and what happens by itself in numbers. */
const ACTIVITY = new Set([
  'audit.read',
  'token.minted',
  'token.inspected',
  'session.ended',
  'sign-in.concurrent',
  'edge.connected',
  'enforcement.sessions_cut',
]);
const SECURITY = new Set('sign-in password abuse totp passkey recovery step-up revocation tokens api-key'.split(' '));
const CONFIGURATION = new Set('organisation project fence access-policy edge profile'.split(' '));
const CERTIFICATES = new Set([
  'certificate.added',
  'certificate.enabled',
  'certificate.disabled',
  'certificate.deleted',
]);

/** `schema`: name and version of a kind of event, also one that this version does not know. */
export function classOf(schema: string): RecordClass {
  const name = schema.split('@', 1)[0]!;
  const family = name.split('.', 1)[0]!;
  if (KEEPING.has(name)) return 'keeping';
  if (ACTIVITY.has(name)) return 'activity';
  if (SECURITY.has(family)) return 'security';
  return CONFIGURATION.has(family) || CERTIFICATES.has(name) ? 'configuration' : 'access';
}
