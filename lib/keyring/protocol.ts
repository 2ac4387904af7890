import { z } from 'zod';
import { DELEGATED_ROLES, DESIGNATIONS, ENDINGS, STATES } from '@/lib/kernel/grant';

/**
 * The keyring's typed operations: HTTP on a unix socket, `POST /v1/<operation>` with a JSON body and a Bearer client
 * token. There is no "decrypt these bytes". Who may call what is part of the table. Binary values are base64 text.
 */
const id = z.string().min(1).max(64);
/** Whose personal values: a log and a person, `<log>/<person>`, or a log alone for what is nobody's. */
const keeper = z.string().min(1).max(128);
const hex32 = z.string().regex(/^[0-9a-fA-F]{32}$/);
const sealed = z.string().max(4096);
const certificateRef = z.object({ certificateId: id, projectId: id, appId: hex32, sealed });
const region = z.enum(['NA', 'EU', 'AS', 'JP', 'IN', 'CN']);
/** 32 bytes, base64. */
const treeHash = z.base64().length(44);
const position = z.object({ epoch: z.int().min(1), seq: z.int().min(0), hash: z.string() });

/** Unix seconds. */
const seconds = z.int().min(0);
const session = z.string().regex(/^ssn_[0-9a-f]{32}$/);
/** `ssh-ed25519 AAAA…`, with or without a comment. */
const sshLine = z.string().max(512);
const address = z.union([z.ipv4(), z.ipv6()]);

export type Client = 'console' | 'control' | 'installer' | 'gateway';

/** What a second factor was shown for. Single use, bound to the act and its object. */
export const purpose = z.object({
  sessionId: id,
  userId: id,
  /** `sign-in`, or the guarded action, for example `certificate.reveal`. */
  action: z.string().max(64),
  /** Id of what is acted upon; empty for sign-in. */
  object: z.string().max(128),
  /** `termsDigest` of lib/kernel/act: what exactly was agreed to. Empty for sign-in. */
  terms: z.string().max(64),
});
export type Purpose = z.infer<typeof purpose>;

const realm = z.enum(['customer', 'staff']);
const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]*$/);
const issuedAt = z.int();
/** A statement as `act.challenge` made it, with its MAC: proof that this keyring made it, and when. */
const statement = z.object({ statement: z.string().max(16_384), mac: base64url(64) });
/** WebAuthn's AuthenticationResponseJSON, as far as it is read. */
const assertion = z.object({
  id: base64url(1400),
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(4096),
    signature: base64url(2048),
    userHandle: base64url(128).nullish(),
  }),
});
/** WebAuthn's RegistrationResponseJSON, as far as it is read. */
const attestation = z.object({
  id: base64url(1400),
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(16_384),
    transports: z.array(z.string().max(32)).max(8).nullish(),
  }),
});

export const OPERATIONS = {
  /** Makes a certificate value (32 hex characters). The value leaves the keyring here and on a proven reveal, nowhere else. */
  'certificate.create': {
    clients: ['console'],
    input: z.object({ certificateId: id, projectId: id, appId: hex32 }),
    output: z.object({ value: z.string(), sealed, fingerprint: z.string() }),
  },
  'certificate.reveal': {
    clients: ['console'],
    /** `ticket` from `totp.verify` for action `certificate.reveal` and object = certificateId. */
    input: certificateRef.extend({ ticket: z.string().max(1024), purpose }),
    output: z.object({ value: z.string() }),
  },
  /** Builds a 007 token. `token` describes it in the terms of lib/kernel/token (services with privileges). */
  'token.mint': {
    clients: ['console'],
    input: certificateRef.extend({
      issuedAt: z.int().min(0),
      lifetimeSeconds: z.int().min(1).max(86_400),
      services: z.array(z.unknown()).min(1).max(16),
    }),
    output: z.object({ token: z.string() }),
  },
  /** Which of these certificates signed the token; null when none did. Never says more. */
  'token.match': {
    clients: ['console'],
    input: z.object({
      certificates: z.array(certificateRef).max(8),
      token: z.string().max(8192),
      channel: z.string().max(64),
      account: z.string().max(255),
    }),
    output: z.object({ certificateId: z.string().nullable() }),
  },
  'totp.enrol': {
    clients: ['console'],
    input: z.object({ userId: id, factorId: id, label: z.string().max(256), issuer: z.string().max(64) }),
    /** `secret` is base32, shown once; `uri` is otpauth://. */
    output: z.object({ sealed, secret: z.string(), uri: z.string() }),
  },
  /** Verifies a code. On success gives the time step (to be stored as last used, atomically) and a proof the database accepts for raising a session, and a ticket the keyring itself accepts for the purpose. */
  'totp.verify': {
    clients: ['console'],
    input: z.object({ userId: id, factorId: id, sealed, code: z.string().max(16), lastStep: z.int().min(0), purpose }),
    output: z.discriminatedUnion('valid', [
      z.object({ valid: z.literal(true), timeStep: z.int(), proof: z.string(), issuedAt: z.int(), ticket: z.string() }),
      z.object({ valid: z.literal(false) }),
    ]),
  },
  /** Makes the statement a passkey is to sign: the text, its MAC, and its SHA-256 as the challenge. Good for five minutes, once. */
  'act.challenge': {
    clients: ['console'],
    input: z.object({
      realm,
      /** Empty when nobody is known yet: signing in with a passkey alone. */
      userId: z.string().max(64),
      sessionId: z.string().max(64),
      action: z.string().min(1).max(64),
      object: z.string().max(128),
      version: z.string().max(64),
      terms: z.array(z.tuple([z.string().max(64), z.string().max(1024)])).max(32),
      verdict: z.enum(['confirm', 'approve', 'deny', 'endorse']),
      role: z.string().max(64),
    }),
    output: statement.extend({ challenge: z.string() }),
  },
  /**
   * Verifies an assertion over a statement against the keyring's own registry: realm's origin and RP ID, user verification, counter, and the
   * statement used once. An act of lib/kernel/grant must count in the ledger too, else its code is the answer and the statement is not used up. `sessionId` is the session it raises, begins or acts in. Proofs as in README.md, "Formats".
   */
  'act.verify': {
    clients: ['console'],
    input: statement.extend({ assertion, sessionId: id, counter: z.int().min(0) }),
    output: z.discriminatedUnion('valid', [
      z.object({
        valid: z.literal(true),
        passkeyId: z.string(),
        userId: z.string(),
        counter: z.int(),
        issuedAt,
        proof: z.string(),
        ticket: z.string(),
        nonce: z.string(),
        /** COSE key of the credential, base64url, for the evidence that is kept. */
        publicKey: z.string(),
      }),
      z.object({ valid: z.literal(false) }),
    ]),
  },
  /**
   * Verifies a registration over a statement for `passkey.register` with object = passkeyId, and keeps the credential. Customers' are
   * active; staff's wait for an endorsement, unless the installer has welcomed their owner.
   */
  'passkey.register': {
    clients: ['console'],
    input: statement.extend({ attestation, passkeyId: id, userId: id, sessionId: id, realm }),
    output: z.object({
      credentialId: z.string(),
      publicKey: z.string(),
      deviceBound: z.boolean(),
      transports: z.array(z.string()),
      aaguid: z.string(),
      state: z.enum(['pending', 'active']),
      issuedAt,
      proof: z.string(),
    }),
  },
  /** A second person's word for a waiting staff passkey: `ticket` from `act.verify` by an active staff passkey of somebody else, for `passkey.endorse` on it. */
  'passkey.endorse': {
    clients: ['console'],
    input: z.object({ passkeyId: id, ticket: z.string().max(1024), purpose }),
    output: z.object({ issuedAt, proof: z.string() }),
  },
  /** Forgets passkeys. Taking away is always allowed: it can only refuse somebody entry. */
  'passkey.remove': {
    clients: ['console'],
    input: z.object({ passkeyIds: z.array(id).max(50) }),
    output: z.object({}),
  },
  /** The next staff passkey of this person, or with null of whoever comes first, needs no endorsement. Said on the machine, by the installer only. */
  'staff.welcome': {
    clients: ['installer'],
    input: z.object({ userId: id.nullable(), ttlSeconds: z.int().min(60).max(31_536_000) }),
    output: z.object({}),
  },
  /** The MAC key the database checks proofs with; goes into a table only its definer functions can read. */
  'database.proofKey': { clients: ['installer'], input: z.object({}), output: z.object({ key: z.string() }) },
  /** Public parts: policy verification keys (raw Ed25519, base64) and the edge CA certificate (PEM). */
  'trust.describe': {
    clients: ['console', 'control', 'installer', 'gateway'],
    input: z.object({}),
    output: z.object({
      policyKeys: z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
      edgeCa: z.string(),
      /** Public keys of the transparency logs as vkeys (c2sp.org/signed-note). */
      logKeys: z.array(z.string()).optional(),
      /** Authorities of OpenSSH certificates, as lines of public keys: for entry to the gateway, for entry to production, for hosts. */
      /** Keys of the sheets that production hosts hold: raw Ed25519, base64. */
      sheetKeys: z.array(z.object({ keyId: z.string(), publicKey: z.string() })).optional(),
      sshCas: z.object({ gateway: z.string(), production: z.string(), host: z.string() }).optional(),
      /** The keyring's clock, Unix milliseconds, for whoever compares clocks. */
      now: z.int().optional(),
      /** Highest signed position per region: a restored, older database must continue above it. */
      positions: z.array(z.object({ region, epoch: z.int(), seq: z.int() })).optional(),
    }),
  },
  /** Issues a 24 h P-256 certificate (client and server) with SAN spiffe://cordon/region/<r>/edge/<name> for a PKCS#10 request. `expiresAt` in Unix ms. */
  'edge.certificate': {
    clients: ['control'],
    input: z.object({ name: id, region, csr: z.string().max(8192), hosts: z.array(z.string().max(253)).max(8) }),
    output: z.object({ certificate: z.string(), expiresAt: z.int() }),
  },
  /** The same for those who carry out access to production, as clients only: SAN spiffe://cordon/<kind>/<name>. */
  'access.certificate': {
    clients: ['control'],
    input: z.object({ kind: z.enum(['gateway', 'host']), name: id, csr: z.string().max(8192) }),
    output: z.object({ certificate: z.string(), expiresAt: z.int() }),
  },
  /** Server certificate of control itself (24 h, serverAuth, SAN spiffe://cordon/control plus host names). `expiresAt` in Unix ms. */
  'control.certificate': {
    clients: ['control'],
    input: z.object({ csr: z.string().max(8192), hosts: z.array(z.string().max(253)).min(1).max(16) }),
    output: z.object({ certificate: z.string(), expiresAt: z.int() }),
  },
  /** Seals the region's key to the public key of an edge certificate that this keyring issued for that region. */
  'edge.regionKey': {
    clients: ['control'],
    input: z.object({ region, certificate: z.string().max(8192) }),
    output: z.object({ regionKey: z.string() }),
  },
  /**
   * Certifies the SSH key of a production host for 24 hours. `publicKey` is its line `ssh-ed25519 AAAA…`; the answer is the line of a
   * `-cert.pub` file. `serial` is decimal, `expiresAt` in Unix ms.
   */
  'ssh.hostCertificate': {
    clients: ['control', 'gateway'],
    input: z.object({ hosts: z.array(z.string().max(253)).min(1).max(16), publicKey: z.string().max(512) }),
    output: z.object({ certificate: z.string(), serial: z.string(), expiresAt: z.int() }),
  },
  /**
   * Certifies an employee's key for the gateway, for the session they confirmed for exactly this key: the gateway's authority, principal = session,
   * 120 s. `address` narrows where it may come from, unless that was confirmed already.
   */
  'ssh.employeeCertificate': {
    clients: ['console'],
    input: z.object({ session, publicKey: sshLine, address: address.nullable() }),
    output: z.object({ certificate: z.string(), validBefore: seconds }),
  },
  /** A ticket for the session confirmed for the web terminal. It is given once. */
  'ssh.terminalTicket': {
    clients: ['console'],
    input: z.object({ session }),
    output: z.object({ ticket: z.string() }),
  },
  /**
   * Lets the gateway into a production host, for 60 s, for a session that was confirmed and has not begun, under a grant that runs. It uses the
   * confirmation up. `ticket` where it is for the web terminal, else null. `sourceAddress` is the gateway's own.
   */
  'ssh.productionCertificate': {
    clients: ['gateway'],
    input: z.object({ session, publicKey: sshLine, sourceAddress: address, ticket: z.string().max(64).nullable() }),
    output: z.object({
      certificate: z.string(),
      grant: z.string(),
      target: z.string(),
      person: z.string(),
      account: z.string(),
      principal: z.string(),
      /** The only command; null for a shell. */
      command: z.string().nullable(),
      /** Whether files may be copied. */
      files: z.boolean(),
      deadline: seconds,
      /** Decimal. */
      serial: z.string(),
      /** Of the certificate, as sshd logs it. */
      keyId: z.string(),
    }),
  },
  /**
   * Makes the one token of an observer, for a session that was confirmed for a channel of this App ID and has not begun, under a grant that runs: it
   * joins within 120 s, plays, and sends nothing. It uses the confirmation up. An edge takes it only while `policy.sign` says so.
   */
  'observer.token': {
    clients: ['console'],
    input: certificateRef.extend({ session }),
    output: z.object({ token: z.string(), account: z.string(), until: seconds }),
  },
  /** Where requests for production stand, by what was signed (lib/kernel/grant). Unknown ones are left out. */
  'grant.describe': {
    clients: ['console', 'control', 'gateway'],
    input: z.object({ requests: z.array(id).max(200) }),
    output: z.object({
      requests: z.array(
        z.object({
          id: z.string(),
          state: z.enum(STATES),
          startsAt: seconds.nullable(),
          deadline: seconds.nullable(),
          why: z.enum([...ENDINGS, 'expired']).nullable(),
          /** Approved, with extensions; null while it is not. */
          minutes: z.int().nullable(),
          missing: z.array(z.object({ role: z.string(), count: z.int() })).readonly(),
          /** When a break-glass must have been looked at; null where nothing is due. */
          reviewDue: seconds.nullable(),
          sessions: z.array(
            z.object({
              session: z.string(),
              target: z.string(),
              through: z.string(),
              at: seconds,
              startedAt: seconds.nullable(),
            }),
          ),
        }),
      ),
      now: seconds,
    }),
  },
  /** The committee by what was signed. `quorum` is null before it is founded. */
  'committee.describe': {
    clients: ['console', 'control'],
    input: z.object({}),
    output: z.object({
      members: z.array(z.string()).readonly(),
      until: seconds,
      held: z.array(z.object({ person: z.string(), as: z.enum(DESIGNATIONS), until: seconds })),
      open: z.array(
        z.object({
          id: z.string(),
          decision: z.discriminatedUnion('kind', [
            z.object({
              kind: z.literal('members'),
              members: z.array(z.string()).readonly(),
              until: seconds,
              minutes: z.string(),
            }),
            z.object({
              kind: z.enum(['designate', 'withdraw']),
              person: z.string(),
              as: z.enum(DESIGNATIONS),
              until: seconds,
              minutes: z.string(),
            }),
          ]),
          for: z.array(z.string()).readonly(),
          against: z.array(z.string()).readonly(),
        }),
      ),
      quorum: z.int().nullable(),
      /** Who lent their voice to whom: what runs or will run, if both are still designated then. */
      delegations: z.array(
        z.object({
          id: z.string(),
          by: z.string(),
          role: z.enum(DELEGATED_ROLES),
          to: z.string(),
          from: seconds,
          until: seconds,
        }),
      ),
    }),
  },
  /** Ends a delegation before its time. It can only take away: so does the person who gave it, or who was given it. */
  'grant.undelegate': {
    clients: ['console'],
    input: z.object({ delegation: id }),
    /** When it is over, or was. */
    output: z.object({ until: seconds }),
  },
  /** Ends a request or grant now. Taking away needs no signature. */
  'grant.end': {
    clients: ['console', 'control', 'gateway'],
    input: z.object({ request: id, why: z.enum(ENDINGS) }),
    output: z.object({}),
  },
  /** Somebody left: their seat, designations, waiting approvals and running grants end. */
  'grant.leave': {
    clients: ['console', 'control'],
    input: z.object({ userId: id }),
    output: z.object({}),
  },
  /** The grants of one production host, signed (`sheetInput` of lib/kernel/grant, Ed25519, base64), fresh for 60 s. `sheet` is the text. */
  'grant.sheet': {
    clients: ['control'],
    input: z.object({ target: z.string().regex(/^host:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/) }),
    output: z.object({ sheet: z.string(), signature: z.string(), keyId: z.string() }),
  },
  /** Builds, seals and signs a snapshot or delta. Certificates inside `project` resources are opened and sealed again under the region's key. */
  'policy.sign': {
    clients: ['control'],
    input: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('Snapshot'),
        region,
        epoch: z.int().min(1),
        seq: z.int().min(0),
        resources: z.array(z.unknown()),
      }),
      z.object({
        type: z.literal('Delta'),
        region,
        base: position,
        epoch: z.int().min(1),
        seq: z.int().min(0),
        put: z.array(z.unknown()),
        del: z.array(z.string()),
      }),
      z.object({ type: z.literal('Beat'), region, position, issued: z.int(), expires: z.int() }),
    ]),
    output: z.object({
      /** Exactly the bytes that were signed, base64. */
      payload: z.string(),
      hash: z.string(),
      signatures: z.array(z.object({ keyId: z.string(), value: z.string() })),
    }),
  },
  /**
   * Signs checkpoints of transparency logs (C2SP), each only as a continuation of the tree signed before: `from` is that tree's size, `proof` the
   * consistency proof. The same tree again is signed again. One answer per log, in their order.
   */
  'log.sign': {
    clients: ['control'],
    input: z.object({
      logs: z
        .array(
          z.object({
            /** Of an organisation (its id), `provider` or `operator`. The origin is `<host of the customers' console>/audit/<log>`. */
            log: z.string().regex(/^(?:org_[0-9A-Za-z]{1,60}|provider|operator)$/),
            size: z.int().min(1),
            root: treeHash,
            from: z.int().min(0),
            proof: z.array(treeHash).max(64),
          }),
        )
        .min(1)
        .max(256),
    }),
    output: z.object({
      logs: z.array(
        z.discriminatedUnion('outcome', [
          /** `note` is the whole signed note. */
          z.object({ outcome: z.literal('signed'), note: z.string() }),
          /** `log.from`: not the size signed last, which is `signed`. `log.backwards`: smaller than it. `log.fork`: another history. */
          z.object({
            outcome: z.literal('refused'),
            code: z.enum(['log.from', 'log.backwards', 'log.fork']),
            signed: z.int(),
          }),
        ]),
      ),
    }),
  },
  /** The keys personal values of these subjects' events are sealed with now (`audit.open` gives the form). Hold them until `until` (Unix ms) at most. */
  'audit.keys': {
    clients: ['console', 'control'],
    input: z.object({ subjects: z.array(keeper).min(1).max(16) }),
    output: z.object({
      keys: z.array(z.object({ subject: z.string(), keyId: z.string(), key: z.string() })),
      until: z.int(),
    }),
  },
  /** Opens sealed personal values: AES-256-GCM, `keyId 8 | nonce 12 | ciphertext | tag 16`, AAD `boundTo`. `gone`: the key was destroyed. */
  'audit.open': {
    clients: ['console'],
    input: z.object({
      values: z.array(z.object({ sealed: z.string().max(65_536), boundTo: z.string().max(128) })).max(1000),
    }),
    output: z.object({
      values: z.array(
        z.discriminatedUnion('state', [
          z.object({ state: z.literal('open'), value: z.string() }),
          z.object({ state: z.enum(['gone', 'unreadable']) }),
        ]),
      ),
    }),
  },
  /**
   * Makes a signing secret of a stream: `whsec_` and base64 of 32 bytes (Standard Webhooks 1.0). It leaves the keyring here and nowhere else; asked
   * again for the same stream, it makes another.
   */
  'stream.create': {
    clients: ['console'],
    input: z.object({ streamId: id }),
    output: z.object({ secret: z.string(), sealed }),
  },
  /** Signs `<id>.<timestamp>.<body>` with each of the stream's secrets: `v1,` and base64 of an HMAC-SHA256. `timestamp` in Unix seconds. */
  'stream.sign': {
    clients: ['console'],
    input: z.object({
      streamId: id,
      sealed: z.array(sealed).min(1).max(2),
      id: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
      timestamp: z.int().min(0),
      body: z.string(),
    }),
    output: z.object({ signatures: z.array(z.string()) }),
  },
  /** Destroys every key of a subject. `ticket` for action `audit.erase`, or `staff-audit.erase`, and object = subject. Answers the ids of the keys. */
  'audit.erase': {
    clients: ['console'],
    input: z.object({ subject: keeper, ticket: z.string().max(1024), purpose }),
    output: z.object({ destroyed: z.array(z.string()) }),
  },
} as const satisfies Record<string, { clients: readonly Client[]; input: z.ZodType; output: z.ZodType }>;

export type Operation = keyof typeof OPERATIONS;
export type Input<O extends Operation> = z.input<(typeof OPERATIONS)[O]['input']>;
export type Output<O extends Operation> = z.output<(typeof OPERATIONS)[O]['output']>;
