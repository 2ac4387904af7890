import { type Terms, termText, termTime } from '@/lib/kernel/act';

/** What a member confirms when a key is made, in words. Pure. */
export const keyTerms = (project: string, name: string, scopes: readonly string[], expiresAt: Date | null): Terms => [
  ['Project', termText(project)],
  ['Name', name],
  ['Scopes', scopes.join(', ')],
  ['Expires', expiresAt ? termTime(expiresAt.toISOString()) : 'never, until revoked'],
];
