import { z } from 'zod';
import { isTermText, oneLine } from '@/lib/kernel/act';
import { REGIONS } from '@/lib/kernel/region';

/** What a project looks like from outside, and what may be asked of it. Safe to import in the browser. */
export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
export const PROJECT_STATUSES = ['active', 'frozen', 'archived'] as const;

/** Both are read back when an act is confirmed: one line, without characters nobody sees. */
export const projectName = z
  .string()
  .trim()
  .min(1, 'Give the project a name.')
  .max(80, 'Use at most 80 characters.')
  .refine(isTermText, 'Use letters, digits, spaces and punctuation.');
export const reason = z
  .string()
  .overwrite(oneLine)
  .min(3, 'Say why, in a few words. It is kept in the audit log.')
  .max(500, 'Use at most 500 characters.')
  .refine(isTermText, 'Use letters, digits, spaces and punctuation.');
const regions = z
  .array(z.enum(REGIONS))
  .min(1, 'Choose at least one region.')
  .max(REGIONS.length)
  .refine((codes) => new Set(codes).size === codes.length, 'Name each region once.');

export const createProject = z.object({
  name: projectName,
  environment: z.enum(ENVIRONMENTS),
  fence: regions.default([...REGIONS]),
});
export type CreateProject = z.input<typeof createProject>;

export const renameProject = z.object({ name: projectName });
export const setMode = z.object({ mode: z.enum(['token', 'app-id']) });
export const setEnvironment = z.object({ environment: z.enum(ENVIRONMENTS) });

export const tokenPolicy = z.object({
  maxLifetimeSeconds: z.coerce
    .number()
    .int()
    .min(60, 'At least 60 seconds.')
    .max(86_400, 'At most 24 hours (86400 seconds).'),
  wildcardChannel: z.boolean(),
  wildcardUser: z.boolean(),
  legacy006: z.boolean(),
  clockSkewSeconds: z.coerce.number().int().min(0).max(300, 'At most 300 seconds.'),
  stalenessSeconds: z.coerce
    .number()
    .int()
    .min(30, 'At least 30 seconds.')
    .max(86_400, 'At most 24 hours (86400 seconds).'),
});
export type TokenPolicy = z.output<typeof tokenPolicy>;

export interface ProjectView {
  id: string;
  name: string;
  appId: string;
  environment: (typeof ENVIRONMENTS)[number];
  status: (typeof PROJECT_STATUSES)[number];
  mode: 'token' | 'app-id';
  tokenPolicy: TokenPolicy;
  fence: { regions: (typeof REGIONS)[number][]; version: number };
  /** ISO 8601. */
  createdAt: string;
}

export interface CertificateView {
  id: string;
  slot: 'primary' | 'secondary';
  status: 'enabled' | 'disabled' | 'deleted';
  /** Names the value without telling it, for example `c1:9ad4…70`. */
  fingerprint: string;
  createdAt: string;
  lastUsedAt: string | null;
  endedAt: string | null;
}
