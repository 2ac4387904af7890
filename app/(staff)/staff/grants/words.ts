import { ACCESS_FINDINGS, type AccessFindingCode } from '@/lib/kernel/access';

/** What does not fit together about the use of a grant. */
export const findingSentence = (code: AccessFindingCode): string => {
  const words = ACCESS_FINDINGS[code];
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
};

const ACTS: Readonly<Record<string, string>> = {
  'grant.request': 'Asked for it',
  'grant.vote approve': 'Agreed to it',
  'grant.vote deny': 'Refused it',
  'grant.review approve': 'Looked at it afterwards: in order',
  'grant.review deny': 'Looked at it afterwards: not in order',
  'production.open': 'Opened a session',
};
/** What somebody signed. */
export const actWords = (action: string, verdict: string): string =>
  ACTS[action] ?? ACTS[`${action} ${verdict}`] ?? action;
