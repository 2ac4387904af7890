import { type AccessSettings, labelOf, type Setting, type Whose, wordsFor } from './settings';
import { policyText } from './text';

export interface Printed {
  /** The organisation's name, or the provider's. */
  readonly of: string;
  readonly whose: Whose;
  readonly settings: AccessSettings;
  readonly version: number;
  readonly changes: Partial<Record<Setting, { readonly at: string; readonly by: string | null }>>;
  /** ISO 8601. */
  readonly at: string;
}

/** What Markdown would read as its own, in text somebody typed. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\s+/g, ' ');

/** The document as Markdown, to be handed to somebody without access here. Pure. */
export function policyMarkdown({ of, whose, settings, version, changes, at }: Printed): string {
  const chapters = policyText(settings, whose).map(({ heading, clauses }) =>
    [
      `## ${heading}`,
      ...clauses.map(({ text, setting }) => {
        if (setting === 'fixed') return `- ${text}\n  (always so)`;
        const change = changes[setting];
        const when = change
          ? `changed ${change.at}${change.by ? ` by ${plain(change.by)}` : ''}`
          : 'default, never changed';
        return `- ${text}\n  (${labelOf(setting)}: ${wordsFor(settings, setting)}; ${when})`;
      }),
    ].join('\n'),
  );
  return [
    `# Security policy: ${plain(of)}`,
    `Version ${version}, as in force at ${at}. Made from the settings that enforce it.`,
    ...chapters,
    '',
  ].join('\n\n');
}
