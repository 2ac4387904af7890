/**
 * The settings of a security policy: what can be set, within which bounds, and the words for each value. Pure. The database holds the
 * same bounds, and what holds where nobody decided anything (0011_access_policy).
 */
export type Factor = 'any' | 'passkey' | 'device-bound';

export interface AccessSettings {
  readonly passwordMinCharacters: number;
  /** Null: passwords do not expire. */
  readonly passwordMaxAgeDays: number | null;
  readonly sessionIdleMinutes: number;
  /** From signing in, active or not. */
  readonly sessionHours: number;
  readonly factor: Factor;
  /** CIDR in the one spelling `parseNetworks` gives. Empty: nothing is restricted. */
  readonly networks: readonly string[];
  readonly networksForSessions: boolean;
  readonly networksForKeys: boolean;
}

export type Setting = keyof AccessSettings;

/** Whose policy: of an organisation for its members and API keys, or of the provider for its staff. */
export type Whose = 'members' | 'staff';

type Bounds = readonly [least: number, most: number];
type Numeric = 'passwordMinCharacters' | 'passwordMaxAgeDays' | 'sessionIdleMinutes' | 'sessionHours';

export const BOUNDS: Readonly<Record<Whose, Readonly<Record<Numeric, Bounds>>>> = {
  members: {
    passwordMinCharacters: [12, 64],
    passwordMaxAgeDays: [30, 730],
    sessionIdleMinutes: [5, 60],
    sessionHours: [1, 24],
  },
  staff: {
    passwordMinCharacters: [12, 64],
    passwordMaxAgeDays: [30, 730],
    sessionIdleMinutes: [5, 15],
    sessionHours: [1, 12],
  },
};

/** Weakest first. Staff never go below a passkey: a code could be relayed by a look-alike site. */
export const FACTORS: Readonly<Record<Whose, readonly Factor[]>> = {
  members: ['any', 'passkey', 'device-bound'],
  staff: ['passkey', 'device-bound'],
};

const FACTOR_WORDS: Readonly<Record<Factor, string>> = {
  any: 'passkey or authenticator app',
  passkey: 'passkey',
  'device-bound': 'device-bound passkey',
};

const LABELS: Readonly<Record<Setting, string>> = {
  passwordMinCharacters: 'Password minimum',
  passwordMaxAgeDays: 'Password age',
  sessionIdleMinutes: 'Idle limit',
  sessionHours: 'Absolute limit',
  factor: 'Factor',
  networks: 'Networks',
  networksForSessions: 'Networks for sessions',
  networksForKeys: 'Networks for API keys',
};

/** In the order they are shown. */
export const SETTINGS = Object.keys(LABELS) as readonly Setting[];

export const labelOf = (setting: Setting): string => LABELS[setting];

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** The value of a setting in words, as the terms of a change and the document name it. */
export function wordsFor(settings: AccessSettings, setting: Setting): string {
  switch (setting) {
    case 'passwordMinCharacters':
      return count(settings.passwordMinCharacters, 'character');
    case 'passwordMaxAgeDays':
      return settings.passwordMaxAgeDays === null ? 'no limit' : count(settings.passwordMaxAgeDays, 'day');
    case 'sessionIdleMinutes':
      return count(settings.sessionIdleMinutes, 'minute');
    case 'sessionHours':
      return count(settings.sessionHours, 'hour');
    case 'factor':
      return FACTOR_WORDS[settings.factor];
    case 'networks':
      return settings.networks.length === 0 ? 'none' : count(settings.networks.length, 'network');
    case 'networksForSessions':
    case 'networksForKeys':
      if (!settings[setting]) return 'off';
      return settings.networks.length === 0 ? 'on, none listed' : 'on';
  }
}

const same = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.join(' ') === b.join(' ') : a === b;

/** The settings in which two policies differ. */
export const changedSettings = (before: AccessSettings, after: AccessSettings): Setting[] =>
  SETTINGS.filter((setting) => !same(before[setting], after[setting]));

/** Longest value a term can have (lib/kernel/act). */
const TERM_LENGTH = 1024;

/**
 * What a change is about to do, as the terms its author confirms: exactly the settings that become others, before and after, and every
 * network that is added or removed by its name. Empty when nothing changes.
 */
export function changedTerms(before: AccessSettings, after: AccessSettings): [name: string, value: string][] {
  return changedSettings(before, after).flatMap((setting): [string, string][] => {
    if (setting !== 'networks')
      return [[LABELS[setting], `${wordsFor(before, setting)} → ${wordsFor(after, setting)}`]];
    const without = (list: readonly string[], other: readonly string[]) => list.filter((each) => !other.includes(each));
    return [
      ...listed('Networks added', without(after.networks, before.networks)),
      ...listed('Networks removed', without(before.networks, after.networks)),
    ];
  });
}

/** A list as one term, or as several when it is too long for one. */
function listed(name: string, entries: readonly string[]): [string, string][] {
  const values: string[] = [];
  for (const entry of entries) {
    const last = values.at(-1);
    if (last !== undefined && last.length + 2 + entry.length <= TERM_LENGTH)
      values[values.length - 1] = `${last}, ${entry}`;
    else values.push(entry);
  }
  return values.map((value, at) => [at === 0 ? name : `${name}, part ${at + 1}`, value]);
}
