import { formatSpan } from '@/app/_ui/format';
import type { GlyphState } from '@/app/_ui/glyph';
import { isGlobal, type Region } from '@/lib/kernel/region';
import type { ProjectView } from '@/lib/projects/schemas';

/**
 * A project's protections in the order of the line around its name. Those the provider runs are always on; those the
 * customer runs follow the project's settings, and are on their way while edges in contact still lack the newest policy.
 */
export interface Protection {
  name: string;
  says: string;
  /** What is set: words, or the regions of a fence. */
  setting: string | readonly Region[];
  /** What the published table of default protections says: applied unless asked for otherwise, or not part of it. */
  documented: 'Yes' | 'No' | '24 h' | '–';
  by: 'Provider' | 'You';
  state: GlyphState;
  word?: string;
  detail?: string;
  /** Where it is changed, below the project's path. */
  href?: string;
}

export interface EdgesNow {
  enforced: number;
  edges: number;
}

type Own = Omit<Protection, 'by' | 'state' | 'word' | 'detail'>;

const always = (name: string, says: string, documented: Protection['documented']): Protection => ({
  name,
  says,
  documented,
  setting: 'Always on',
  by: 'Provider',
  state: 'enforced',
});

export function protectionsOf(
  { mode, tokenPolicy, fence }: Pick<ProjectView, 'mode' | 'tokenPolicy' | 'fence'>,
  now: EdgesNow,
): Protection[] {
  const own = (closed: boolean, row: Own): Protection => ({
    ...row,
    by: 'You',
    ...(closed ? held(now) : { state: 'open' }),
  });
  return [
    always('Project isolation', 'No other App ID gets in', 'Yes'),
    always('Channel isolation', 'Members hear only their own', 'Yes'),
    own(mode === 'token', {
      name: 'Token required',
      says: mode === 'token' ? 'App ID alone is refused' : 'The App ID is enough',
      documented: 'No',
      setting: mode === 'token' ? 'Token' : 'App ID only',
      href: '/settings#authentication',
    }),
    always('Publish needs the privilege', 'Subscribers cannot send', '–'),
    {
      name: 'End-to-end encryption',
      says: 'Not available yet',
      documented: 'No',
      setting: 'None',
      by: 'You',
      state: 'planned',
    },
    always('Transport encryption', 'TLS, DTLS and SRTP', '–'),
    own(!isGlobal(fence.regions), {
      name: 'Fence',
      says: isGlobal(fence.regions) ? 'Every region may serve' : 'Media, messages, boards stay',
      documented: 'No',
      setting: fence.regions,
      href: '/fence',
    }),
    own(true, {
      name: 'Session cap',
      says: 'Sessions end with their token',
      documented: '24 h',
      setting: span(tokenPolicy.maxLifetimeSeconds),
      href: '/settings#token-policy',
    }),
    own(!tokenPolicy.wildcardUser, {
      name: 'Tokens name their user',
      says: tokenPolicy.wildcardUser ? 'Wildcards fit anybody' : 'No wildcard users',
      documented: '–',
      setting: tokenPolicy.wildcardUser ? 'Optional' : 'Required',
      href: '/settings#token-policy',
    }),
    own(!tokenPolicy.wildcardChannel, {
      name: 'Tokens name their channel',
      says: tokenPolicy.wildcardChannel ? 'Wildcards open all' : 'No wildcard channels',
      documented: '–',
      setting: tokenPolicy.wildcardChannel ? 'Optional' : 'Required',
      href: '/settings#token-policy',
    }),
    own(!tokenPolicy.legacy006, {
      name: 'Token version 007',
      says: tokenPolicy.legacy006 ? '006 cannot be dated' : '006 is refused',
      documented: '–',
      setting: tokenPolicy.legacy006 ? '007 and 006' : '007 only',
      href: '/settings#token-policy',
    }),
    own(true, {
      name: 'Staleness limit',
      says: 'Without contact, then no joins',
      documented: '–',
      setting: `${span(tokenPolicy.stalenessSeconds)}`,
      href: '/settings#token-policy',
    }),
  ];
}

function held({ enforced, edges }: EdgesNow): Pick<Protection, 'state' | 'word' | 'detail'> {
  if (edges === 0) return { state: 'offline', word: 'No edge in contact' };
  return enforced < edges
    ? { state: 'applied', word: 'Applying', detail: `${enforced}/${edges}` }
    : { state: 'enforced' };
}

const span = (seconds: number): string => formatSpan(seconds * 1000);

/** What the line draws: a protection that cannot be had yet is as much a gap as one that is off. */
export const segmentState = ({ state }: Protection): 'enforced' | 'applied' | 'open' =>
  state === 'enforced' ? 'enforced' : state === 'applied' || state === 'offline' ? 'applied' : 'open';
