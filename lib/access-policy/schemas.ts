import { z } from 'zod';
import { NETWORKS_AT_MOST, parseNetworks } from './networks';
import { type AccessSettings, BOUNDS, FACTORS, type Setting, type Whose } from './settings';

/** The shapes of this capability, and what of it is pure. Safe for browsers, which show the document while it is being edited. */
export { policyMarkdown } from './markdown';
export { NETWORKS_AT_MOST, parseNetworks } from './networks';
export {
  type AccessSettings,
  BOUNDS,
  changedSettings,
  changedTerms,
  FACTORS,
  type Factor,
  labelOf,
  SETTINGS,
  type Setting,
  type Whose,
  wordsFor,
} from './settings';
export { type Chapter, type Clause, policyText } from './text';

/** A policy as it stands, for whoever it holds for. */
export interface AccessPolicyView {
  readonly settings: AccessSettings;
  /** 0 while nobody has decided anything and the defaults hold. */
  readonly version: number;
  /** Per setting that was ever changed: when (ISO 8601), and the name of who did it while they are still here. */
  readonly changes: Partial<Record<Setting, { readonly at: string; readonly by: string | null }>>;
  /** How many people have which factor at best; null for those who do not decide. */
  readonly people: PeopleByFactor | null;
}

export interface PeopleByFactor {
  readonly deviceBound: number;
  /** Passkeys, but only such as are synced between devices. */
  readonly synced: number;
  /** No passkey at all. */
  readonly other: number;
}

/** How many of these people a required factor would turn away until they have it. */
export const turnedAwayBy = (people: PeopleByFactor, factor: AccessSettings['factor']): number =>
  factor === 'any' ? 0 : people.other + (factor === 'device-bound' ? people.synced : 0);

const whole = (what: string, [least, most]: readonly [number, number]) => {
  const says = `A whole number of ${what}, ${least} to ${most}.`;
  return z.coerce.number(says).int(says).min(least, says).max(most, says);
};
/** As browsers send a box. */
const box = z.preprocess((value) => value === 'on', z.boolean());
const networks = z
  .string()
  .max(8192, 'That is too long for a list.')
  .transform((text, context) => {
    const { networks: found, wrong } = parseNetworks(text);
    const problem =
      wrong.length > 0
        ? `Not an address or network: ${wrong.slice(0, 3).join(', ').slice(0, 200)}${wrong.length > 3 ? ' and more' : ''}.`
        : found.length > NETWORKS_AT_MOST
          ? `At most ${NETWORKS_AT_MOST} networks.`
          : null;
    if (problem) context.addIssue({ code: 'custom', message: problem });
    return found;
  });

/** The form of a policy: every setting, and the version it was read at. An empty age is none. */
const formOf = (whose: Whose) => {
  const bounds = BOUNDS[whose];
  return z.object({
    version: z.coerce.number().int().min(0),
    passwordMinCharacters: whole('characters', bounds.passwordMinCharacters),
    passwordMaxAgeDays: z.preprocess(
      (value) => (typeof value === 'string' && value.trim() === '' ? null : value),
      whole('days', bounds.passwordMaxAgeDays).nullable(),
    ),
    sessionIdleMinutes: whole('minutes', bounds.sessionIdleMinutes),
    sessionHours: whole('hours', bounds.sessionHours),
    factor: z.enum(FACTORS[whose], 'One of these.'),
    networks,
    networksForSessions: box,
    networksForKeys: whose === 'staff' ? z.preprocess(() => false, z.boolean()) : box,
  });
};

export const accessPolicyForm: Readonly<Record<Whose, ReturnType<typeof formOf>>> = {
  members: formOf('members'),
  staff: formOf('staff'),
};
