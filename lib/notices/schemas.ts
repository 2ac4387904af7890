import { z } from 'zod';
import type { NoticeKind } from './kinds';

/** What the console shows of a notice, and what it accepts back. Safe for browsers. */
export interface NoticeView {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly title: string;
  readonly says: string;
  /** A name or number, in the words of whoever gave it; may be empty. */
  readonly detail: string;
  /** ISO 8601. */
  readonly at: string;
  /** Empty for what others did. */
  readonly device: string;
  /** /24 or /48; empty for what others did. */
  readonly network: string;
  /** Whether it may have been somebody else in the person's name. */
  readonly own: boolean;
  readonly unread: boolean;
  readonly mailed: boolean;
}

export const dismissForm = z.object({
  /** Ids separated by spaces. */
  ids: z
    .string()
    .max(4_000)
    .transform((text) => text.split(' ').filter(Boolean).slice(0, 50)),
});
