import { z } from 'zod';
import type { DenyCode, Rule, Step } from '@/lib/kernel/decision';
import type { Region } from '@/lib/kernel/region';
import { isAccount, isChannelName, isWildcard, type ServiceKind } from '@/lib/kernel/token';

/** What a token may be asked to say, and what can be seen of one. Safe to import in the browser. */
const channel = z
  .string()
  .min(1, 'Name the channel, or write * for any.')
  .max(63)
  .refine(
    (text) => isWildcard(text) || isChannelName(text),
    'Use 1 to 63 of the allowed characters: letters, digits, space and !#$%&()+-:;<=.>?@[]^_{}|~,',
  );
const account = z
  .string()
  .min(1, 'Name the user, or write * for any.')
  .max(255)
  .refine(
    (text) => isWildcard(text) || isAccount(text),
    'Use a uid from 1 to 4294967295 or an account of at most 255 bytes.',
  );
const user = z.string().min(1).max(255).refine(isAccount, 'Use an account of at most 255 bytes.');

/** A right: `true` as long as the token lives, a number of seconds from its issue, or `false`. */
const right = z.union([z.boolean(), z.int().min(1).max(86_400)]);

export const tokenService = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rtc'),
    /** One channel; `*` stands for any where the project allows it. */
    channel,
    /** uid in decimal or account; `*` stands for any where the project allows it. */
    account,
    privileges: z
      .object({
        join: right.default(true),
        audio: right.default(false),
        video: right.default(false),
        data: right.default(false),
      })
      .prefault({}),
  }),
  z.object({ kind: z.literal('rtm'), user }),
  z.object({ kind: z.literal('rtm2'), user }),
]);

export const mintToken = z.object({
  services: z.array(tokenService).min(1).max(8),
  lifetimeSeconds: z.coerce.number().int().min(1).max(86_400, 'At most 24 hours (86400 seconds).'),
});
export type MintToken = z.input<typeof mintToken>;

export interface MintedToken {
  token: string;
  /** What a revocation of this very token names. */
  tokenId: string;
  /** ISO 8601. */
  expiresAt: string;
}

export const inspectToken = z.object({
  token: z.string().trim().min(1, 'Paste a token.').max(8192, 'No valid token is longer than 8192 characters.'),
  channel: z.string().max(64),
  /** Empty: the client names nobody. */
  account: z.string().max(255).default(''),
  /** Name of the edge the client would join at; absent: the fence's preferred one. */
  edge: z.string().min(1).max(64).optional(),
  /** ISO 8601; absent: now. Today's policy at another time. */
  at: z.iso.datetime({ offset: true }).optional(),
});
export type InspectToken = z.input<typeof inspectToken>;

export interface InspectedPrivilege {
  /** The vendor's name, for example `publishAudioStream`. */
  name: string;
  /** ISO 8601, null for as long as the token lives. */
  expiresAt: string | null;
}

export interface InspectedService {
  kind: ServiceKind;
  channel: string | null;
  account: string | null;
  /** The channel or account stands for more than one. */
  wildcard: boolean;
  privileges: InspectedPrivilege[];
}

/** What anyone holding the token can read in it. */
export interface InspectedToken {
  version: '006' | '007';
  appId: string;
  /** Null for 006 whose channel and user are not known. */
  tokenId: string | null;
  /** Null for 006, which carries no issue time. */
  issuedAt: string | null;
  expiresAt: string;
  services: InspectedService[];
}

export interface Inspection {
  /** Null when the text is not a token; then `unreadable` says why. */
  token: InspectedToken | null;
  unreadable: string | null;
  decision: {
    verdict: 'allow' | 'deny';
    code: 'ok' | DenyCode;
    rule: Rule;
    /** The code in words, the facts of this case, and what to do. */
    says: string;
    detail: string | null;
    next: string | null;
    /** HTTP status on WHIP and WHEP. */
    status: number;
    /** With `allow`: the rights held and when each ends. */
    permissions: { name: 'join' | 'audio' | 'video' | 'data'; expiresAt: string }[];
    account: string | null;
    allowedRegions: Region[];
  };
  steps: Step[];
  certificate: { id: string; slot: 'primary' | 'secondary' } | null;
  edge: { name: string; region: Region };
  policy: { epoch: number; seq: number };
  at: string;
}

export type TokenService = z.output<typeof tokenService>;
