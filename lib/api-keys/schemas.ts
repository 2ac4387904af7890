import { z } from 'zod';
import type { Scope } from '@/lib/authz';
import { isTermText } from '@/lib/kernel/act';

/** Keys for customers' servers. Safe to import in the browser. */
export const API_SCOPES = {
  'project:read': 'Read the project, its fence, certificates (never their values), edges and the state of changes',
  'project:write': 'Change name, token policy and fence',
  'certificate:write': 'Disable and enable certificates',
  'token:mint': 'Make tokens',
  'token:inspect': 'Ask why a token is admitted or refused',
  'revocation:read': 'List revocations, and read the state of changes',
  'revocation:write': 'Revoke tokens, users, channels, certificates or everything',
  'decision:read': 'Read decisions and sessions, which name channels and users',
} as const satisfies Partial<Record<Scope, string>>;
export type ApiScope = keyof typeof API_SCOPES;

export const createApiKey = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the key a name, so that it can be found again.')
    .max(80, 'Use at most 80 characters.')
    .refine(isTermText, 'Use letters, digits, spaces and punctuation.'),
  scopes: z
    .array(z.enum(Object.keys(API_SCOPES) as [ApiScope, ...ApiScope[]]))
    .min(1, 'Choose at least one scope.')
    .refine((scopes) => new Set(scopes).size === scopes.length, 'Name each scope once.'),
  /** ISO 8601; absent: until revoked. */
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type CreateApiKey = z.input<typeof createApiKey>;

export interface ApiKeyView {
  id: string;
  name: string;
  /** `ck_` and ten characters: recognises the key without telling it. */
  prefix: string;
  scopes: string[];
  state: 'active' | 'expired' | 'revoked';
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
}
