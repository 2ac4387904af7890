import { z } from 'zod';
import { requestExport } from '@/lib/audit-export/schemas';
import { isSeed, MAX_SAMPLE } from '@/lib/kernel/sample';

/** Samples of an audit log. Safe to import in the browser. */

/** The filter is that of the page. */
export const drawSample = requestExport.omit({ format: true, first: true, end: true }).extend({
  wanted: z.coerce
    .number(`A whole number, 1 to ${MAX_SAMPLE}`)
    .int(`A whole number, 1 to ${MAX_SAMPLE}`)
    .min(1, `A whole number, 1 to ${MAX_SAMPLE}`)
    .max(MAX_SAMPLE, `A whole number, 1 to ${MAX_SAMPLE}`),
  /** Empty: one is made. */
  seed: z
    .string()
    .trim()
    .refine((seed) => seed === '' || isSeed(seed), 'One line of plain letters, digits and signs, at most 128.')
    .optional(),
});
export type DrawSample = z.output<typeof drawSample>;

export interface SampleView {
  id: string;
  /** Conditions in the words of a pack's filter. */
  filter: string[];
  /** Places [from, to) at the checkpoint over the first `size` entries. */
  from: number;
  to: number;
  size: number;
  population: number;
  seed: string;
  seedGiven: boolean;
  wanted: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  drawnBy: string | null;
}
