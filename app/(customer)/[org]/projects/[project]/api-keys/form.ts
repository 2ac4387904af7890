import { z } from 'zod';
import { API_SCOPES, createApiKey } from '@/lib/api-keys/schemas';

/** Days a new key may live; empty: until it is revoked. */
export const EXPIRY_DAYS = ['30', '90', '365', ''] as const;

const DAY_MS = 86_400_000;

/**
 * The scopes come as one box each, the expiry as days from `now` (Unix milliseconds). It ends with a day of UTC, so that the form sent once more
 * after its confirmation still asks for what was confirmed.
 */
export const createKeyForm = (now: number) =>
  z.preprocess(
    (raw) => {
      const fields = raw as Record<string, unknown>;
      const days = EXPIRY_DAYS.find((each) => each !== '' && each === fields.days);
      return {
        ...fields,
        scopes: Object.keys(API_SCOPES).filter((scope) => fields[`scope.${scope}`] === 'on'),
        ...(days ? { expiresAt: new Date((Math.ceil(now / DAY_MS) + Number(days)) * DAY_MS).toISOString() } : {}),
      };
    },
    createApiKey.extend({ projectId: z.string().min(1).max(64) }),
  );

export const revokeKeyForm = z.object({ projectId: z.string().min(1).max(64), keyId: z.string().min(1).max(64) });
