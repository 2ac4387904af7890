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
