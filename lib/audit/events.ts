import { z } from 'zod';

/**
 * The registry of events: every name with its version, and which of its fields are plain (they stand in the signed header and can never
 * be erased) and which are personal (committed to, kept beside, erasable). A field that could name, reach or describe a person, or
 * that people type freely, is personal. Changing an event means a new version.
 */
interface Definition {
  plain: z.ZodRawShape;
  personal: z.ZodRawShape;
}

const event = <P extends z.ZodRawShape, S extends z.ZodRawShape>(plain: P, personal: S) =>
  ({ plain, personal }) as const;

const word = z.string().max(64);
const id = z.string().max(64);
const code = z.string().max(64);
const count = z.int().min(0);
const seq = z.number().int().min(0);
/** A name and a port, of a machine. */
const host = z.string().max(260);
const email = z.string().max(320);
const text = z.string().max(500);
const regions = z.array(z.string().max(2)).max(6);
const words = z.array(word).max(8);
/** ISO 8601, UTC. */
const at = z.string().max(32);
const target = z.string().max(80);
const targets = z.array(target).max(8);

export const EVENTS = {
  // ---- people and sessions
  'sign-in@1': event({ factor: z.enum(['totp', 'recovery', 'passkey']) }, { email }),
  /** While sessions of the same person live on other devices or networks: so many. One account is one person's. */
  'sign-in.concurrent@1': event({ others: count }, {}),
  'sign-in.refused@1': event({ realm: word, code }, { email }),
  /** Two sign-ins nobody can have travelled between. `km` is missing when only the countries are known. */
  'sign-in.unusual@1': event({ minutes: count, km: count.optional() }, { country: word, before: word }),
  'password.closed@1': event({ realm: word }, { email }),
  /** Counts only; the network is said when the attempts came from one. */
  'abuse.detected@1': event(
    {
      kind: word,
      scope: word,
      windowSeconds: count,
      failures: count,
      accounts: count,
      networks: count,
      unknown: count,
      half: count,
    },
    { network: word.optional() },
  ),
  'session.ended@1': event({ how: z.enum(['signed-out', 'by-person', 'others', 'disabled']) }, {}),
  'totp.enrolled@1': event({}, {}),
  'totp.removed@1': event({}, {}),
  'passkey.added@1': event({ deviceBound: z.boolean(), state: word, credential: word }, { name: text }),
  'passkey.renamed@1': event({}, { before: text, after: text }),
  'passkey.removed@1': event({ credential: word }, { name: text }),
  'passkey.endorsed@1': event({ credential: word }, { employee: id }),
  'passkey.turned_down@1': event({ credential: word }, { employee: id }),
  'recovery.used@1': event({ left: count }, {}),
  'recovery.renewed@1': event({}, {}),
  /** Written until confirmations were bound to terms; kept so that old logs can be read. */
  'step-up@1': event({ action: word }, {}),
  /** `evidence` holds everything that checks a passkey's signature offline (lib/identity, "Evidence"); empty for a code. */
  'step-up@2': event(
    { action: word, factor: z.enum(['totp', 'passkey']), terms: z.string().max(64), verdict: word },
    { statement: z.string().max(16_384), evidence: z.string().max(8_192) },
  ),
  'step-up.refused@1': event({ action: word, code }, {}),
  'password.changed@1': event({}, {}),
  'password.reset_offered@1': event({}, { person: id }),
  'password.reset@1': event({}, {}),
  'profile.renamed@1': event({}, { before: text, after: text }),
  'setup.claimed@1': event({}, { email, name: text }),
  'invitation.created@1': event({ realm: word, role: word }, { email }),
  'invitation.accepted@1': event({ realm: word, role: word }, { email }),
  'invitation.revoked@1': event({}, { email }),
  'organisation.created@1': event({}, { name: text, slug: word }),
  'organisation.renamed@1': event({}, { before: text, after: text }),
  'member.role_changed@1': event({ before: word, after: word }, { member: id }),
  /** Of an auditor, with the invitation or later: until when, which projects (null: all), and which time of events. ISO 8601, UTC. */
  'member.terms_set@1': event(
    {
      until: z.string().max(32),
      projects: z.array(id).max(100).nullable(),
      from: z.string().max(32).nullable(),
      before: z.string().max(32).nullable(),
    },
    { member: id.optional() },
  ),
  'member.access_ended@1': event({}, { member: id }),
  'member.removed@1': event({ role: word }, { member: id }),
  'member.sessions_ended@1': event({ count }, { member: id }),
  'employee.changed@1': event({ role: word, status: word }, { employee: id }),
  'employee.sessions_ended@1': event({ count }, { employee: id }),
  // ---- projects
  'project.created@1': event({ appId: word, environment: word, fence: regions }, { name: text }),
  'project.renamed@1': event({}, { before: text, after: text }),
  'project.frozen@1': event({ seq }, { reason: text.optional() }),
  'project.unfrozen@1': event({ seq }, { reason: text.optional() }),
  'project.archived@1': event({ seq }, { reason: text.optional() }),
  'project.restored@1': event({ seq }, { reason: text.optional() }),
  'project.mode_changed@1': event({ before: word, after: word, seq }, {}),
  'project.environment_changed@1': event({ before: word, after: word, seq }, {}),
  'project.token_policy_changed@1': event(
    { before: z.record(word, z.unknown()), after: z.record(word, z.unknown()), seq },
    {},
  ),
  'project.staleness_changed@1': event({ before: count, after: count, seq }, {}),
  'certificate.added@1': event({ slot: word, fingerprint: word, seq }, {}),
  'certificate.enabled@1': event({ slot: word, fingerprint: word, seq }, {}),
  'certificate.disabled@1': event({ slot: word, fingerprint: word, seq }, { reason: text.optional() }),
  'certificate.deleted@1': event({ slot: word, fingerprint: word, seq }, { reason: text.optional() }),
  'certificate.revealed@1': event({ slot: word, fingerprint: word }, { reason: text.optional() }),
  'fence.changed@1': event({ before: regions, after: regions, seq }, { reason: text.optional() }),
  'revocation.created@1': event(
    { subjectType: word, issuedBefore: count, seq },
    { subject: text, reason: text.optional() },
  ),
  'token.minted@1': event(
    { certificateId: id, lifetimeSeconds: count, services: z.array(word).max(16) },
    { channel: text, account: text },
  ),
  'tokens.revoked@1': event({ count, seq }, { member: id }),
  'token.inspected@1': event({ verdict: word, code }, {}),
  'api-key.created@1': event(
    { scopes: z.array(word).max(32), expiresAt: z.string().max(32).nullable() },
    { name: text },
  ),
  'api-key.revoked@1': event({}, { name: text }),
  'api-key.taken_over@1': event({}, { name: text, member: id }),
  // ---- fleet
  'edge.expected@1': event({ region: word }, {}),
  'edge.enrolled@1': event({ region: word }, {}),
  'edge.connected@1': event({ region: word, build: word }, {}),
  'edge.refused_policy@1': event({ region: word, seq, code, detail: text }, {}),
  'edge.banned@1': event({}, { reason: text.optional() }),
  'edge.draining@1': event({ draining: z.boolean() }, {}),
  /** Records of an edge that never came: numbers passed over, with the first and last of them; or dropped before they were numbered. */
  'spool.gap@1': event({ region: word, bootId: word, from: seq, to: seq, missing: seq }, {}),
  'spool.dropped@1': event({ region: word, bootId: word, dropped: seq }, {}),
  'enforcement.sessions_cut@1': event({ edge: word, region: word, seq, cut: count }, {}),
  // ---- access itself
  'access-policy.changed@1': event(
    { before: z.record(word, z.unknown()), after: z.record(word, z.unknown()), version: count },
    { networksBefore: z.array(word).max(64), networksAfter: z.array(word).max(64) },
  ),
  'access.refused@1': event({ action: word, realm: word, code }, {}),
  'audit.read@1': event({ filters: z.array(word).max(16) }, {}),
  /** Of one event: its proof, or the evidence of a confirmation. */
  /** A saved view, to be seen by all who read the log; and taken away again. */
  'audit.view_shared@1': event({ filters: z.array(word).max(16) }, { name: text }),
  'audit.view_removed@1': event({}, { name: text }),
  /** A sample, with all that it takes to draw it again: the population, the seed and the number. */
  'audit.sampled@1': event(
    {
      filter: z.record(word, z.unknown()),
      from: count,
      to: count,
      size: count,
      population: count,
      seed: z.string().max(128),
      given: z.boolean(),
      wanted: count,
    },
    {},
  ),
  'audit.exported@1': event({ filters: z.array(word).max(16), count, format: word }, {}),
  /** Of a log: asked for, with its range; written, with the number of events in the file and its SHA-256; and taken away. */
  'audit.export_requested@1': event({ format: word, filters: z.array(word).max(16), from: count, to: count }, {}),
  'audit.exported@2': event({ format: word, filters: z.array(word).max(16), count, sha256: word }, {}),
  /** `recipients`: the age public keys that a file is encrypted to; it can be known whose they are. */
  'audit.exported@3': event(
    { format: word, filters: z.array(word).max(16), count, sha256: word, encrypted: z.boolean() },
    { recipients: z.array(word).max(8).optional() },
  ),
  'audit.export_failed@1': event({ format: word, code }, {}),
  /** Of strangers, in one minute: how many there were, and how many of them have an event of their own. */
  'refusals.counted@1': event(
    { of: word, realm: word, code, minute: z.string().max(32), count: seq, individually: seq },
    {},
  ),
  // ---- the log itself
  /** A check found a log, or a clock, not as it has to be; and found it so again. `seconds`: how long it was not. */
  'audit.check_failed@1': event({ log: word, check: word, code, place: seq.nullable(), cause: text }, {}),
  'audit.check_recovered@1': event({ log: word, check: word, code, seconds: seq }, {}),
  /** Once a day: how many events of the kinds that deserve a look, and by which stated rules the day was out of the ordinary. */
  'audit.reviewed@1': event(
    { day: z.string().max(10), events: seq, counts: z.record(word, seq), findings: z.array(word).max(32) },
    {},
  ),
  'audit.downloaded@1': event({ format: word, sha256: word }, {}),
  /** Of where a log is streamed to, name and port; the rest of an address may hold a secret. Places are of the streamed log. */
  'stream.created@1': event({ kind: word, host, personal: z.boolean(), next: count }, {}),
  'stream.changed@1': event(
    { before: host, after: host, personalBefore: z.boolean(), personalAfter: z.boolean(), next: count },
    {},
  ),
  'stream.secret_rotated@1': event({}, {}),
  'stream.tested@1': event({ host, code, status: count.optional() }, {}),
  'stream.paused@1': event({ next: count }, {}),
  'stream.resumed@1': event({ next: count }, {}),
  'stream.deleted@1': event({ host, next: count }, {}),
  'stream.sent_again@1': event({ ranges: count, first: count }, {}),
  /** What the worker sees, once for each change. */
  'stream.failing@1': event({ host, code, status: count.optional(), next: count }, {}),
  'stream.recovered@1': event({ host, next: count }, {}),
  'stream.stopped@1': event({ host, code, status: count.optional(), next: count }, {}),
  'stream.dead_letter@1': event({ host, code, status: count.optional(), first: count, end: count }, {}),
  'stream.gap@1': event({ first: count, end: count, broken: count }, {}),
  // ---- access to production
  /** Designations and their withdrawals are about a person; the decision on the committee itself names its members. */
  'committee.proposed@1': event(
    { kind: word, designation: word.nullable(), until: at.nullable() },
    { person: id.optional(), members: z.array(id).max(15), minutes: text },
  ),
  'committee.voted@1': event({ verdict: word, state: word }, {}),
  /** An approver lent their voice to somebody, as the confirmation about the same object says; it was over before its time. */
  'grant.delegated@1': event({ role: word, from: at, until: at }, { delegate: id }),
  'grant.delegation_ended@1': event({ role: word, why: word, until: at }, {}),
  'training.recorded@1': event({ course: word, completed: at, expires: at }, { employee: id, evidence: text }),
  'agreement.published@1': event({ version: count, months: count, sha256: word }, {}),
  'agreement.signed@1': event({ version: count, expires: at }, {}),
  'employee.place_recorded@1': event({ employer: text, country: word }, { employee: id }),
  'target.changed@1': event(
    { class: word, region: word, dataClasses: words, organisations: z.array(id).max(8), state: word },
    {},
  ),
  'eligibility.changed@1': event(
    {
      version: count,
      classes: words,
      regions: words,
      dataClasses: words,
      maxMinutes: count,
      security: count,
      onCall: count,
      denials: count,
      breakGlass: z.boolean(),
      ended: z.boolean(),
    },
    {},
  ),
  'eligibility.changed@2': event(
    {
      version: count,
      classes: words,
      regions: words,
      dataClasses: words,
      maxMinutes: count,
      escalateMinutes: count,
      security: count,
      onCall: count,
      denials: count,
      breakGlass: z.boolean(),
      ended: z.boolean(),
    },
    {},
  ),
  /** What was asked for; who agreed to it word for word stands in the confirmations (`step-up@2`) about the same object. */
  'grant.requested@1': event(
    { kind: word, targets, minutes: count, purpose: word, policy: word, organisations: z.array(id).max(8) },
    { reason: text, ticket: word.optional(), command: z.string().max(512).optional() },
  ),
  'grant.voted@1': event({ verdict: word, role: word, minutes: count, state: word }, {}),
  'grant.commented@1': event({ to: word }, { text: z.string().max(1000) }),
  /** It waited for too long, or nobody was on call but whoever asked: everybody else of the missing roles was told, so many. */
  'grant.escalated@1': event({ missing: words, told: count }, { first: z.array(id).max(64), to: z.array(id).max(64) }),
  /** Somebody ended it: gave it back, withdrew or revoked it. */
  'grant.ended@1': event({ why: word, state: word }, {}),
  'grant.reviewed@1': event({ verdict: word }, {}),
  /** What became of it, as control saw it: also what ended by itself. */
  'grant.settled@1': event({ state: word, why: word.nullable(), from: at.nullable(), until: at.nullable() }, {}),
  'production.opened@1': event({ target, through: z.string().max(80), session: id }, {}),
  /** Somebody of the provider in a channel of a customer, as the edge says: when they came, and when they had gone. */
  'production.watching@1': event({ target, session: id }, { channel: word }),
  'production.watched@1': event({ target, session: id, seconds: count, why: word }, { channel: word }),
  'access-lock.set@1': event({ kind: word }, { subject: text, reason: text }),
  'access-lock.lifted@1': event({ kind: word }, {}),
  /** Whose name it is under; `instead` is the shift that was handed over. */
  'oncall.shift_set@1': event({ from: at, until: at, instead: id.nullable() }, { person: id }),
  'oncall.shift_removed@1': event({ from: at, until: at, why: word }, { person: id }),
  /** The same in the log of each customer concerned: of it alone, and of the employee under the id they have there. */
  'lockbox.changed@1': event({ before: word, after: word, answerMinutes: count }, {}),
  'provider_access.requested@1': event(
    {
      staff: word,
      employer: text,
      country: word,
      kind: word,
      mode: word,
      purpose: word,
      targets,
      dataClasses: words,
      minutes: count,
      answerBy: at,
    },
    { reason: text, ticket: word.optional() },
  ),
  'provider_access.decided@1': event({ verdict: word, minutes: count }, {}),
  'provider_access.commented@1': event({}, { text: z.string().max(1000) }),
  'provider_access.ended@1': event({ why: word }, {}),
  'provider_access.opened@1': event({ staff: word, target, session: id }, {}),
  'provider_access.watching@1': event({ staff: word, target, session: id }, { channel: word }),
  'provider_access.watched@1': event(
    { staff: word, target, session: id, seconds: count, why: word },
    { channel: word },
  ),
  'provider_access.settled@1': event(
    { staff: word, state: word, why: word.nullable(), from: at.nullable(), until: at.nullable() },
    {},
  ),
  /** A session on a target that holds data of this customer, once it is over. */
  'provider_access.session@1': event({ staff: word, session: id, target, way: word, from: at, until: at }, {}),
  /** What was marked in its record; null where that could not be read. The commands only of a target that holds data of nobody else. */
  'provider_access.counted@1': event(
    { staff: word, session: id, target, shared: z.boolean(), commands: count.nullable(), files: count.nullable() },
    { lines: z.array(text).max(20).optional() },
  ),
  // ---- what carries access to production out, by its own word
  'access-peer.enrolled@1': event({}, {}),
  /** The SSH key of a production host, by its fingerprint. */
  'access-peer.certified@1': event({ key: word, serial: word }, {}),
  /** The account of a grant on a host (`unixUser`, a grant's and no person's), made and gone; what was found when it went. */
  'grant.account_made@1': event({ host: target, unixUser: word }, {}),
  'grant.account_gone@1': event({ host: target, unixUser: word, killed: count, jobs: count }, {}),
  /** sshd of a host let somebody in, as its own log says. `serial` and `keyId` are the certificate's. */
  'grant.login@1': event({ host: target, unixUser: word, serial: word, keyId: z.string().max(256) }, {}),
  /** Nothing of a grant is left on any host; or a host did not say so in time. */
  'grant.closed@1': event({ hosts: targets }, {}),
  'grant.close_failed@1': event({ hosts: targets }, {}),
  /** What a host found that no grant accounts for. */
  'host.finding@1': event({ code: word }, { subject: z.string().max(128) }),
  'production.started@1': event({ target, purpose: word, serial: word }, { address: text, command: text.optional() }),
  'production.ended@1': event({ why: word, exit: z.int().nullable() }, {}),
  'production.refused@1': event({ code: word }, { address: text }),
  /** The head of a screen record (lib/kernel/recording). */
  'production.recorded@1': event({ session: id, lines: count, root: word, time: count, final: z.boolean() }, {}),
  /** Somebody looked at a screen record (`state`: how it stood), played bytes of its file, searched the screens, or took it away. */
  'recording.opened@1': event({ state: word, lines: count }, {}),
  'recording.played@1': event({ from: count, to: count }, {}),
  'recording.searched@1': event({ hits: count }, { words: text }),
  'recording.downloaded@1': event({ format: word }, {}),
  /** Somebody began to watch a session as it runs; ended its access from there. */
  'recording.watched@1': event({}, {}),
  'production.terminated@1': event({ request: id }, { reason: text }),
  /** A copy was made, without the lines of `withheld` (12,40-57; empty: whole); shown to somebody from outside; that was ended. */
  'recording.copied@1': event({ copy: id, withheld: z.string().max(1024), lines: count }, { reason: text }),
  'recording.shared@1': event(
    { share: id, copy: id, until: at, views: count, whole: z.boolean() },
    { recipient: text },
  ),
  'recording.share_revoked@1': event({ share: id }, {}),
  /** Whoever had the link opened it, or took a file. */
  'recording.share_viewed@1': event({ share: id, view: count }, { recipient: text }),
  'recording.share_downloaded@1': event({ share: id, view: count, format: word }, { recipient: text }),
  /** Records of a gateway or host that will never come. */
  'access-spool.lost@1': event({ boot: word, lost: count }, {}),
  // ---- what is kept of the log
  'audit.retention_changed@1': event({ class: word, before: count, after: count }, {}),
  'audit.hold_set@1': event(
    { kind: word, from: word.nullable(), to: word.nullable() },
    { target: text.optional(), reason: text },
  ),
  'audit.hold_release_asked@1': event({ kind: word }, {}),
  'audit.hold_released@1': event({ kind: word }, {}),
  'audit.pruning_proposed@1': event({ classes: words, before: word, upTo: count, expected: count }, {}),
  'audit.pruning_approved@1': event({ classes: words, before: word, upTo: count, expected: count }, {}),
  /** `pruned`: how many had gone by then. */
  'audit.pruning_withdrawn@1': event({ pruned: count }, {}),
  /** Exact: so many went, so many were kept by holds; `minimum`: the log is pruned as a whole before this place. */
  'audit.pruned@1': event(
    { classes: words, before: word, upTo: count, pruned: count, held: count, minimum: count },
    {},
  ),
  /** The object is the person's pseudonym. `keys`: ids of the destroyed keys, one per year. */
  'audit.subject_erased@1': event({ events: count, keys: z.array(word).max(64) }, {}),
} satisfies Record<string, Definition>;

export type EventSchema = keyof typeof EVENTS;
type Shape<S extends EventSchema, Part extends 'plain' | 'personal'> = (typeof EVENTS)[S][Part];
/** An empty shape adds nothing; zod would have it forbid every field. */
type Fields<S extends EventSchema, Part extends 'plain' | 'personal'> = keyof Shape<S, Part> extends never
  ? unknown
  : z.input<z.ZodObject<Shape<S, Part>>>;
/** All fields of an event, plain and personal together. */
export type EventFields<S extends EventSchema> = Fields<S, 'plain'> & Fields<S, 'personal'>;

export const isEventSchema = (schema: string): schema is EventSchema => Object.hasOwn(EVENTS, schema);

/** Splits and checks the fields of an event. Unknown fields are refused: they would be neither signed nor erasable. */
export function splitFields(schema: EventSchema, fields: Record<string, unknown>) {
  const { plain, personal } = checksOf(schema);
  const [inPlain, inPersonal]: Record<string, unknown>[] = [{}, {}];
  for (const [name, value] of Object.entries(fields)) {
    const isPlain = Object.hasOwn(plain.shape, name);
    if (!isPlain && !Object.hasOwn(personal.shape, name)) throw new TypeError(`${schema} has no field ${name}`);
    if (value !== undefined) (isPlain ? inPlain : inPersonal)![name] = value;
  }
  return { plain: plain.parse(inPlain), personal: personal.parse(inPersonal) };
}

interface Checks {
  plain: z.ZodObject;
  personal: z.ZodObject;
}
const checks = new Map<EventSchema, Checks>();

/** Made once: zod compiles what it checks. */
function checksOf(schema: EventSchema): Checks {
  let found = checks.get(schema);
  if (!found) {
    const { plain, personal }: Definition = EVENTS[schema];
    found = { plain: z.object(plain), personal: z.object(personal) };
    checks.set(schema, found);
  }
  return found;
}

/** What is part of an event's shape; its digest stands in every header, so that a reader knows how to read it. */
export const shapeOf = (schema: EventSchema) => ({
  schema,
  plain: Object.keys(EVENTS[schema].plain).sort(),
  personal: Object.keys(EVENTS[schema].personal).sort(),
});
