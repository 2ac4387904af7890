import { z } from 'zod';

/**
 * The keyring's typed operations: HTTP on a unix socket, `POST /v1/<operation>` with a JSON body and a Bearer client
 * token. There is no "decrypt these bytes". Who may call what is part of the table. Binary values are base64 text.
 */
const id = z.string().min(1).max(64);
const hex32 = z.string().regex(/^[0-9a-fA-F]{32}$/);
const sealed = z.string().max(4096);
const certificateRef = z.object({ certificateId: id, projectId: id, appId: hex32, sealed });
const region = z.enum(['NA', 'EU', 'AS', 'JP', 'IN', 'CN']);
const position = z.object({ epoch: z.int().min(1), seq: z.int().min(0), hash: z.string() });

export type Client = 'console' | 'control' | 'installer';

/** What a second factor was shown for. Single use, bound to the act and its object. */
export const purpose = z.object({
  sessionId: id,
  userId: id,
  /** `sign-in`, or the guarded action, for example `certificate.reveal`. */
  action: z.string().max(64),
  /** Id of what is acted upon; empty for sign-in. */
  object: z.string().max(128),
});
export type Purpose = z.infer<typeof purpose>;

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
  /** The MAC key the database checks proofs with; goes into a table only its definer functions can read. */
  'database.proofKey': { clients: ['installer'], input: z.object({}), output: z.object({ key: z.string() }) },
  /** Public parts: policy verification keys (raw Ed25519, base64) and the edge CA certificate (PEM). */
  'trust.describe': {
    clients: ['console', 'control', 'installer'],
    input: z.object({}),
    output: z.object({
      policyKeys: z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
      edgeCa: z.string(),
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
} as const satisfies Record<string, { clients: readonly Client[]; input: z.ZodType; output: z.ZodType }>;

export type Operation = keyof typeof OPERATIONS;
export type Input<O extends Operation> = z.input<(typeof OPERATIONS)[O]['input']>;
export type Output<O extends Operation> = z.output<(typeof OPERATIONS)[O]['output']>;
