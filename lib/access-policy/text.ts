import { type AccessSettings, count, type Setting, type Whose } from './settings';

/**
 * The document of a security policy, made from its settings and from nothing else: what it says is what holds, because there is no
 * second place where either is written. Pure; the page, its preview while editing and the download all come from here.
 */
export interface Clause {
  readonly id: string;
  readonly text: string;
  /** The setting it comes from; `fixed` when nobody can change it. */
  readonly setting: Setting | 'fixed';
}

export interface Chapter {
  readonly heading: string;
  readonly clauses: readonly Clause[];
}

export function policyText(settings: AccessSettings, whose: Whose = 'members'): Chapter[] {
  const networks = networkClauses(settings, whose);
  return [
    { heading: 'Passwords', clauses: passwordClauses(settings, whose) },
    { heading: 'Sessions', clauses: sessionClauses(settings, whose) },
    { heading: 'Factors', clauses: [{ id: 'factor', setting: 'factor', text: factorText(settings, whose) }] },
    {
      heading: 'Networks',
      clauses: whose === 'staff' ? networks.filter(({ id }) => id !== 'networks-keys') : networks,
    },
  ];
}

const passwordClauses = (settings: AccessSettings, whose: Whose): Clause[] => [
  {
    id: 'password-length',
    setting: 'passwordMinCharacters',
    text: `A new password has at least ${count(settings.passwordMinCharacters, 'character')}. ${
      whose === 'members' ? 'For a member of several organisations the longest minimum holds. ' : ''
    }A password chosen earlier stays until it is changed.`,
  },
  {
    id: 'password-common',
    setting: 'fixed',
    text: 'A password known from breaches or easy to guess is refused. There are no rules about kinds of characters.',
  },
  {
    id: 'password-age',
    setting: 'passwordMaxAgeDays',
    text:
      settings.passwordMaxAgeDays === null
        ? 'Passwords do not expire. NIST SP 800-63B-4 advises against changing them on a schedule.'
        : `Whoever has not changed their password for ${count(settings.passwordMaxAgeDays, 'day')} does not get in until they have. NIST SP 800-63B-4 advises against this: people who change passwords on a schedule choose weaker ones.`,
  },
];

const sessionClauses = (settings: AccessSettings, whose: Whose): Clause[] => [
  {
    id: 'session-idle',
    setting: 'sessionIdleMinutes',
    text: `After ${count(settings.sessionIdleMinutes, 'minute')} without activity ${whose} sign in again. Activity is noted once a minute.`,
  },
  {
    id: 'session-absolute',
    setting: 'sessionHours',
    text: `${count(settings.sessionHours, 'hour')} after signing in ${whose} sign in again, active or not.`,
  },
];

function factorText({ factor }: AccessSettings, whose: Whose): string {
  const who = whose === 'members' ? 'Members' : 'Staff';
  switch (factor) {
    case 'any':
      return `${who} sign in with a passkey, or with a password and a code from an authenticator app.`;
    case 'passkey':
      return `${who} sign in and confirm with a passkey. A code from an authenticator app is not enough.`;
    case 'device-bound':
      return `${who} sign in with a passkey that stays on one device, such as a security key; one that is synced between devices is not enough. They confirm with a passkey, not with a code.`;
  }
}

function networkClauses(settings: AccessSettings, whose: Whose): Clause[] {
  const { networks } = settings;
  const listed = networks.length > 0;
  const who = whose === 'members' ? 'Members' : 'Staff';
  return [
    {
      id: 'networks',
      setting: 'networks',
      text: listed ? `The listed networks are ${networks.join(', ')}.` : 'No networks are listed.',
    },
    {
      id: 'networks-sessions',
      setting: 'networksForSessions',
      text:
        listed && settings.networksForSessions
          ? `${who} get in from the listed networks only. From anywhere else they are turned away, whatever they hold.`
          : `${who} get in from any network.`,
    },
    {
      id: 'networks-keys',
      setting: 'networksForKeys',
      text:
        listed && settings.networksForKeys
          ? 'API keys work from the listed networks only.'
          : 'API keys work from any network.',
    },
  ];
}
