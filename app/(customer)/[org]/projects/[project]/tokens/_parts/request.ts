import { type MintToken, mintToken } from '@/lib/tokens/schemas';

/** The mint form's fields as a request, and the request's faults as field errors. Pure. */
export const ROLES = {
  publisher: {
    label: 'Publisher',
    hint: 'join, audio, video, data',
    privileges: { join: true, audio: true, video: true, data: true },
  },
  audience: {
    label: 'Audience',
    hint: 'join and play',
    privileges: { join: true, audio: false, video: false, data: false },
  },
  custom: { label: 'Single privileges', hint: 'choose', privileges: null },
} as const;
export type RoleName = keyof typeof ROLES;
export const PRIVILEGES = ['join', 'audio', 'video', 'data'] as const;

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();
const isRole = (value: string): value is RoleName => Object.hasOwn(ROLES, value);

export function readMintForm(
  form: FormData,
): { ok: true; request: MintToken } | { ok: false; fields: Record<string, string> } {
  const role = text(form, 'role');
  const preset = isRole(role) ? ROLES[role].privileges : null;
  const privileges = preset ?? Object.fromEntries(PRIVILEGES.map((name) => [name, form.get(name) === 'on']));
  const account = form.get('anyUser') === 'on' ? '*' : text(form, 'account');
  const services =
    text(form, 'kind') === 'messaging'
      ? [{ kind: 'rtm2' as const, user: text(form, 'user') }]
      : [{ kind: 'rtc' as const, channel: text(form, 'channel'), account, privileges }];
  const request = { services, lifetimeSeconds: text(form, 'lifetimeSeconds') };
  const parsed = mintToken.safeParse(request);
  if (parsed.success) return { ok: true, request: parsed.data };
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const field = String(issue.path.at(-1) ?? '');
    fields[field] ??= issue.code === 'too_small' && issue.path.at(-1) === 'user' ? 'Name the user.' : issue.message;
  }
  return { ok: false, fields };
}

const PRESETS: readonly (readonly [seconds: number, label: string])[] = [
  [300, '5 minutes'],
  [900, '15 minutes'],
  [3600, '1 hour'],
  [14_400, '4 hours'],
  [43_200, '12 hours'],
  [86_400, '24 hours'],
];

/** Lifetimes up to the project's cap; the cap itself always among them. */
export function lifetimes(capSeconds: number): { value: string; label: string }[] {
  const within = PRESETS.filter(([seconds]) => seconds <= capSeconds).map(([seconds, label]) => ({
    value: String(seconds),
    label,
  }));
  const capped = PRESETS.some(([seconds]) => seconds === capSeconds);
  return capped
    ? within
    : [...within, { value: String(capSeconds), label: `${capSeconds} seconds, the project’s limit` }];
}

/** An hour where the project allows it, else the longest there is. */
export const defaultLifetime = (capSeconds: number): string => String(Math.min(3600, capSeconds));
