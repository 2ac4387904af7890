import { z } from 'zod';

/** What is recorded of employees before they may have access to production. Safe to import in the browser. */
export const COURSES = ['general', 'additional'] as const;
export type Course = (typeof COURSES)[number];
export const COURSE_SAYS: Readonly<Record<Course, string>> = {
  general: 'Confidentiality and security, for everybody, every year.',
  additional: 'For authorised employees, before they touch production, every year.',
};

const id = z.string().max(64);
export const trainingForm = z.object({
  person: id,
  course: z.enum(COURSES),
  completed: z.iso.date('A day, as 2026-11-22.'),
  evidence: z.string().trim().min(1, 'Where the certificate is.').max(200),
});
export type NewTraining = z.output<typeof trainingForm>;

const MONTHS = 'A whole number of months, 1 to 24.';
export const agreementForm = z.object({
  text: z.string().trim().min(20, 'The whole text, at least 20 characters.').max(20_000),
  months: z.coerce.number(MONTHS).int(MONTHS).min(1, MONTHS).max(24, MONTHS),
});
export const signForm = z.object({ version: z.coerce.number().int().min(1) });

export const placeForm = z.object({
  person: id,
  employer: z.string().trim().min(1, 'The company that employs them.').max(120),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'Two letters, as DE (ISO 3166-1).'),
});
export type NewPlace = z.output<typeof placeForm>;

/** What somebody has of what access to production takes; times are ISO, null where there is none that counts now. */
export interface Readiness {
  general: string | null;
  additional: string | null;
  agreement: string | null;
  deviceBound: boolean;
  place: { employer: string; country: string } | null;
  /** What is missing, in words; empty when they are ready. */
  missing: string[];
}

export interface EmployeeRecord {
  id: string;
  name: string;
  active: boolean;
  readiness: Readiness;
}

export interface AgreementView {
  version: number;
  text: string;
  months: number;
  publishedAt: string;
}

export interface TrainingView {
  people: EmployeeRecord[];
  /** The one in force. */
  agreement: AgreementView | null;
  /** The reader's own. */
  own: Readiness;
}

/** What counted of somebody's records at a moment. */
export interface RecordsThen {
  trainings: { course: string; completedAt: string; expiresAt: string }[];
  agreement: { version: number; signedAt: string; expiresAt: string } | null;
}
