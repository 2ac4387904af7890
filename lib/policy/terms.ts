import { type Terms, termText, termTime } from '@/lib/kernel/act';
import type { RevocationSubject } from '@/lib/kernel/bundle/resources';
import { REGION_NAMES, type Region } from '@/lib/kernel/region';

/**
 * What a member confirms, in words. Pure, and the same for the same act: what changes from one second to the next, such as how many sessions
 * are live, is on the page beside it and not in here.
 */
const named = (region: Region) => `${region} ${REGION_NAMES[region]}`;
const fenceText = ([home, ...others]: readonly Region[]) =>
  home ? [`${named(home)} (home)`, ...others.map(named)].join(', ') : 'none';

export function fenceTerms(name: string, before: readonly Region[], after: readonly Region[]): Terms {
  const removed = before.filter((region) => !after.includes(region));
  return [
    ['Project', termText(name)],
    ['Fence before', fenceText(before)],
    ['Fence after', fenceText(after)],
    ['Sessions cut', removed.length > 0 ? `all in ${removed.map(named).join(', ')}` : 'none'],
  ];
}

/** The certificate a revocation names. */
export interface NamedCertificate {
  slot: string;
  fingerprint: string;
}

function whatText(subject: RevocationSubject, certificate: NamedCertificate | null): string {
  switch (subject.type) {
    case 'token':
      return `the token ${subject.tokenId}`;
    case 'user':
      return `every token of the user ${termText(subject.account)}, and wildcard tokens this user joined with`;
    case 'channel':
      return `every token for the channel ${termText(subject.channel)}`;
    case 'certificate':
      return `every token signed with the ${certificate?.slot ?? ''} certificate ${certificate?.fingerprint ?? ''}`;
    case 'project':
      return 'every token of the project';
  }
}

export interface RevocationTerms {
  name: string;
  subject: RevocationSubject;
  certificate: NamedCertificate | null;
  /** ISO 8601; null for the moment it is applied. */
  issuedBefore: string | null;
  reason: string;
}

export const revocationTerms = ({ name, subject, certificate, issuedBefore, reason }: RevocationTerms): Terms => [
  ['Project', termText(name)],
  ['Revoked', whatText(subject, certificate)],
  ['Issued before', issuedBefore === null ? 'the moment this is applied' : termTime(issuedBefore)],
  ['What follows', 'Edges refuse them and cut the sessions they opened'],
  ['Reason', reason],
];
