import { customerOf, type GrantKind, type Need, type Share } from '@/lib/kernel/grant';
import type { LockboxMode, PolicyTerms, TargetTerms } from './schemas';

/** Who may ask for what, and who then has to agree. Pure: rows in, reasons out. */
export interface Wish {
  readonly kind: GrantKind;
  readonly role: string;
  readonly targets: readonly TargetTerms[];
  readonly minutes: number;
  readonly ticket: string;
  readonly files: boolean;
}

/** Why a policy does not allow a wish; empty when it does. */
export function refusals(policy: PolicyTerms, wish: Wish): string[] {
  const { kind, role, targets, minutes, ticket, files } = wish;
  const beyond = (what: string, of: readonly string[], allowed: readonly string[]) => {
    const over = [...new Set(of)].filter((one) => !allowed.includes(one));
    return over.length > 0 ? `${what} ${over.join(', ')} is not part of it.` : null;
  };
  return [
    policy.ended ? 'The policy is ended.' : null,
    policy.roles && !policy.roles.includes(role) ? `It is not for the role ${role}.` : null,
    kind === 'break-glass' && !policy.breakGlass ? 'It does not include break-glass.' : null,
    targets.some(({ state }) => state !== 'active') ? 'A target is retired.' : null,
    beyond(
      'Class',
      targets.map((target) => target.class),
      policy.classes,
    ),
    beyond(
      'Region',
      targets.map(({ region }) => region),
      policy.regions,
    ),
    beyond(
      'Data class',
      targets.flatMap(({ dataClasses }) => dataClasses),
      policy.dataClasses,
    ),
    policy.targets
      ? beyond(
          'Target',
          targets.map(({ id }) => id),
          policy.targets,
        )
      : null,
    minutes > policy.maxMinutes ? `${minutes} minutes are more than its ${policy.maxMinutes}.` : null,
    files && !policy.files ? 'It does not include copying files.' : null,
    ticket === '' ? (policy.ticketPattern ? 'It asks for a ticket.' : null) : ticketRefusal(policy, ticket),
  ].filter((one) => one !== null);
}

function ticketRefusal({ ticketPattern }: PolicyTerms, ticket: string): string | null {
  if (ticketPattern === null) return null;
  return new RegExp(`^(?:${ticketPattern})$`).test(ticket) ? null : `The ticket has to look like ${ticketPattern}.`;
}

/**
 * Whether text is a pattern that takes no long time on any ticket: no group is repeated, so repetition does not nest, and there are four
 * repetitions at most, on 64 characters at most.
 */
export function isTicketPattern(text: string): boolean {
  if (!/^[\w\-./#()[\]?+*{},|\\]{1,120}$/.test(text) || /\)[*+{?]/.test(text) || /\\[^dw.]/.test(text)) return false;
  if ((text.match(/[*+{]/g)?.length ?? 0) > 4) return false;
  try {
    new RegExp(`^(?:${text})$`);
    return true;
  } catch {
    return false;
  }
}

/** What one project of an organisation says. */
export interface Lockbox {
  readonly organisationId: string;
  readonly projectId: string | null;
  readonly mode: LockboxMode;
  readonly answerMinutes: number;
}

/** What an organisation says as a whole, about a target that may hold the data of all its projects: what its strictest project says. */
export interface Say {
  readonly organisationId: string;
  readonly mode: LockboxMode;
  readonly answerMinutes: number;
  readonly projects: readonly string[];
}

const STRICTNESS: readonly LockboxMode[] = ['notify', 'approve', 'deny'];

export function saysOf(lockboxes: readonly Lockbox[]): Say[] {
  const says = new Map<string, Say>();
  for (const { organisationId, projectId, mode, answerMinutes } of lockboxes) {
    const before = says.get(organisationId);
    const stricter = !before || STRICTNESS.indexOf(mode) > STRICTNESS.indexOf(before.mode);
    says.set(organisationId, {
      organisationId,
      mode: stricter ? mode : before.mode,
      // Of several projects that want to be asked, the one that answers soonest.
      answerMinutes: !before
        ? answerMinutes
        : mode === before.mode
          ? Math.min(answerMinutes, before.answerMinutes)
          : stricter
            ? answerMinutes
            : before.answerMinutes,
      projects: [...(before?.projects ?? []), ...(projectId ? [projectId] : [])],
    });
  }
  return [...says.values()].sort((a, b) => (a.organisationId < b.organisationId ? -1 : 1));
}

/** How each organisation takes part in a request: told, asked, told because it is break-glass; or why there is no request. */
export type Part = 'notify' | 'approve' | 'break-glass' | 'refused';
export const partOf = ({ mode }: Say, kind: GrantKind): Part =>
  kind === 'break-glass' ? 'break-glass' : mode === 'deny' ? 'refused' : mode;

/** Who has to agree: the policy's own people, and one of each organisation that wants to be asked. */
export function needsOf(policy: PolicyTerms, says: readonly Say[], kind: GrantKind): Need[] {
  if (kind === 'break-glass') return [];
  return [
    { role: 'security', count: policy.security },
    ...(policy.onCall > 0 ? [{ role: 'on-call', count: policy.onCall }] : []),
    ...says
      .filter((say) => partOf(say, kind) === 'approve')
      .map(({ organisationId }) => ({ role: `customer ${organisationId}`, count: 1 })),
  ];
}

/** Which of the targets hold data of an organisation: hosts that are said to, and its own App IDs (`homes`: whose each is). */
export const targetsOf = <T extends Pick<TargetTerms, 'id' | 'organisations'>>(
  targets: readonly T[],
  homes: ReadonlyMap<string, string>,
  organisation: string,
): T[] =>
  targets.filter((target) => target.organisations.includes(organisation) || homes.get(target.id) === organisation);

/** What each organisation that has to agree is asked for, in the order of the approvals. `targets` in the order they are asked for. */
export const sharesOf = (
  needs: readonly Need[],
  targets: readonly Pick<TargetTerms, 'id' | 'organisations'>[],
  homes: ReadonlyMap<string, string>,
): Share[] =>
  needs.flatMap(({ role }) => {
    const organisation = customerOf(role);
    if (organisation === null) return [];
    return [{ organisation, targets: targetsOf(targets, homes, organisation).map(({ id }) => id) }];
  });

/** Unix seconds by which it is decided, or over: what the policy gives, or the customer who gives least. */
export function decideBy(askedAt: number, policy: PolicyTerms, says: readonly Say[], kind: GrantKind): number {
  const asked = says.filter((say) => partOf(say, kind) === 'approve').map(({ answerMinutes }) => answerMinutes);
  return Math.floor(askedAt / 1000) + 60 * Math.min(policy.decideMinutes, ...asked);
}
