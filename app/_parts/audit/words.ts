import type { GlyphState } from '@/app/_ui/glyph';
import type { AuditView } from '@/lib/audit-log/schemas';

/** How outcomes and actors are called. */
export const OUTCOMES: Readonly<Record<AuditView['outcome'], { state: GlyphState; word: string }>> = {
  success: { state: 'closed', word: 'Done' },
  refused: { state: 'refused', word: 'Refused' },
  failed: { state: 'failed', word: 'Failed' },
};

const KINDS: Readonly<Record<string, string>> = {
  member: 'Member',
  staff: 'Provider staff',
  'api-key': 'API key',
  edge: 'Edge',
  system: 'Cordon',
  anonymous: 'Nobody signed in',
};
export const kindOf = (kind: string): string => (Object.hasOwn(KINDS, kind) ? KINDS[kind]! : kind);

/** `fence.changed@1` without its version. */
export const eventName = (event: string): string => event.replace(/@\d+$/, '');

/** First parts of names that several events share come before the names themselves: `project` finds every `project.…`. */
export function eventOptions(names: readonly string[]): { label: string; value: string }[] {
  const families = new Map<string, number>();
  for (const name of names) {
    const [first] = name.split('.');
    if (first && first !== name) families.set(first, (families.get(first) ?? 0) + 1);
  }
  const shared = [...families]
    .filter(([, count]) => count > 1)
    .map(([first]) => ({ label: `${first}, all`, value: first }));
  return [...shared, ...names.map((name) => ({ label: name, value: name }))];
}

/** Lists come as JSON; people read them with commas. */
export function readable(value: string): string {
  if (value === '' || value === 'null') return '–';
  if (!value.startsWith('[')) return value;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.map(String).join(', ') || 'none' : value;
  } catch {
    return value;
  }
}

/** Events of a confirmation in its exact terms, and the two fields of it that are shown in other words. */
export const isConfirmation = ({ event }: Pick<AuditView, 'event'>): boolean => event === 'step-up@2';
export const SHOWN_APART: readonly string[] = ['statement', 'evidence'];

export interface ConfirmationView {
  /** Empty for a code. */
  statement: string;
  passkeyId?: string;
  origin?: string;
  /** The words, or the signature, are gone; a commitment to them stays. */
  erased: boolean;
}

export function confirmationOf({ fields }: Pick<AuditView, 'fields'>): ConfirmationView {
  const [statement, evidence] = SHOWN_APART.map((name) => fields.find((field) => field.name === name));
  const { passkeyId, origin } = json(evidence?.value ?? '');
  return {
    statement: statement?.value ?? '',
    ...(typeof passkeyId === 'string' ? { passkeyId } : {}),
    ...(typeof origin === 'string' ? { origin } : {}),
    erased: statement?.state === 'erased' || evidence?.state === 'erased',
  };
}

function json(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** People or projects the reader may see, for filters and instead of ids. */
export type Named = readonly { readonly id: string; readonly name: string }[];
export const nameOf = (list: Named, id: string): string | undefined => list.find((one) => one.id === id)?.name;
