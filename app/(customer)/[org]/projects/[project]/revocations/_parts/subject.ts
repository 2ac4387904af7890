import { cutMiddle } from '@/app/_ui/format';
import type { CreateRevocation, RevocationView } from '@/lib/policy/schemas';

/** What a revocation is about, in words and against live sessions. Pure. */
export type SubjectType = RevocationView['subjectType'];
export const SUBJECT_TYPES = [
  'user',
  'token',
  'channel',
  'certificate',
  'project',
] as const satisfies readonly SubjectType[];
export const isSubjectType = (value: unknown): value is SubjectType =>
  (SUBJECT_TYPES as readonly unknown[]).includes(value);

export const TYPE_WORDS: Readonly<Record<SubjectType, string>> = {
  user: 'User',
  token: 'Token',
  channel: 'Channel',
  certificate: 'Certificate',
  project: 'Whole project',
};

/** "user alice"; identifiers of tokens and certificates are cut. */
export function subjectText({ subjectType, subject }: Pick<RevocationView, 'subjectType' | 'subject'>): string {
  switch (subjectType) {
    case 'project':
      return 'the whole project';
    case 'token':
      return `token t:${cutMiddle(subject, 4, 4)}`;
    case 'certificate':
      return `certificate ${cutMiddle(subject)}`;
    default:
      return `${subjectType} ${subject}`;
  }
}

/** The subject of a form's fields, as the use case wants it; nothing is checked here. */
export function subjectOf(type: SubjectType, value: string): CreateRevocation['subject'] {
  switch (type) {
    case 'token':
      return { type, tokenId: value.replace(/^t:/, '').toLowerCase() };
    case 'user':
      return { type, account: value };
    case 'channel':
      return { type, channel: value };
    case 'certificate':
      return { type, certificateId: value };
    case 'project':
      return { type };
  }
}

/** What is known of a live session when matching. */
export interface LiveRow {
  channel: string;
  account: string;
  tokenId: string | null;
  certificateId: string | null;
}

/**
 * How many live sessions the subject covers. When their tokens were issued is not known here, so with an "issued before" in
 * the past fewer may be cut.
 */
export function matching(type: SubjectType, value: string, live: readonly LiveRow[]): number {
  const wanted = type === 'token' ? value.replace(/^t:/, '').toLowerCase() : value;
  const fits: Record<SubjectType, (row: LiveRow) => boolean> = {
    user: ({ account }) => account === wanted,
    token: ({ tokenId }) => tokenId === wanted,
    channel: ({ channel }) => channel === wanted,
    certificate: ({ certificateId }) => certificateId === wanted,
    project: () => true,
  };
  return live.filter(fits[type]).length;
}

/** The text of a `datetime-local` control, which has no zone, read as UTC; null for none, undefined for no time at all. */
export function utcOf(text: string): string | null | undefined {
  if (text.trim() === '') return null;
  const at = new Date(`${text.trim()}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
