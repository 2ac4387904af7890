import type { DecisionRecord } from '@/lib/kernel/bundle/messages';
import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import { decide, homeOf, isObserverName, type LiveFacts, redecide, type World } from '@/lib/kernel/decision';
import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision/codes';
import type { Allow, Decision, Deny, JoinRequest } from '@/lib/kernel/decision/types';
import { matchCertificate } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import { type DecisionLog, refuse } from '../decisions';
import type { PolicyStore } from '../policy';
import { limitPrefix } from './address';
import { ObserverTokens } from './observer-tokens';
import { RateLimit } from './rate-limit';
import { TokenUsers } from './token-users';

/**
 * Who may join: the address limit first, then the one `decide` that the console's inspector runs too, over the policy this
 * edge holds. Synchronous from beginning to end, so a decision and what is done with it see one and the same policy.
 */
export interface Ask extends JoinRequest {
  action: DecisionRecord['action'];
  address: string;
  traceId: string;
  /** Another edge is the home: an allow here means "relayed", the home decides once more. */
  relayed?: boolean;
}

export interface AdmissionOptions {
  edge: Pick<EdgeRef, 'name' | 'region'>;
  policy: Pick<PolicyStore, 'index' | 'position' | 'leaseExpiresAt' | 'certificate'>;
  decisions: DecisionLog;
  /** A uid nobody in the channel holds. */
  freeUid: (appId: string, channel: string) => string;
}

/** Failures an address may make at once and per second, in cost units, against one project; four times that in all. */
const BURST = 120;
const PER_SECOND = 2;

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #perProject = new RateLimit({ burst: BURST, perSecond: PER_SECOND });
  readonly #perAddress = new RateLimit({ burst: BURST * 4, perSecond: PER_SECOND * 4 });
  readonly #users = new TokenUsers();
  readonly #observers = new ObserverTokens();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Decides, remembers what limits and revocations need, and records. `now` is Unix milliseconds. */
  admit(ask: Ask, now: number): Decision {
    const decided = this.limited(ask.appId, ask.address, now) ?? this.#once(ask, decide(ask, this.#world(), now), now);
    const decision = decided.verdict === 'allow' ? this.#named(ask, decided) : decided;
    this.charge(ask.appId, ask.address, decision.code, now);
    const account = decision.verdict === 'allow' ? decision.account : ask.account;
    const action = decision.verdict === 'allow' && ask.relayed ? 'relay' : ask.action;
    this.#options.decisions.record({ ...ask, account, action }, decision, now);
    return decision;
  }

  /** A refusal given outside `decide`, recorded and charged like any other. */
  refuse(ask: Ask, code: DenyCode, detail: string, now: number, granted: Allow | null = null): Deny {
    const deny = refuse(code, detail, this.#options.policy.position);
    const { tokenId, certificateId, wildcardUser } = granted ?? deny;
    const whole = { ...deny, tokenId, certificateId, wildcardUser };
    this.charge(ask.appId, ask.address, code, now);
    this.#options.decisions.record(ask, whole, now);
    return whole;
  }

  /** Null when the address may try. `appId` may be empty: then only the address as a whole is asked about. */
  limited(appId: string, address: string, now: number): Deny | null {
    const prefix = limitPrefix(address);
    const wait = Math.max(
      this.#perAddress.wait(prefix, now),
      appId === '' ? 0 : this.#perProject.wait(`${appId} ${prefix}`, now),
    );
    if (wait === 0) return null;
    const detail = 'Too many refused attempts; successful joins are not counted.';
    return refuse('rate.limited', detail, this.#options.policy.position, {
      retryAfter: Math.ceil((now + wait) / 1000),
    });
  }

  charge(appId: string, address: string, code: Decision['code'], now: number): void {
    const cost = costOf(code);
    if (cost === 0) return;
    const prefix = limitPrefix(address);
    this.#perAddress.charge(prefix, cost, now);
    if (appId !== '') this.#perProject.charge(`${appId} ${prefix}`, cost, now);
  }

  /** Decides again for a session that was admitted before. */
  redecide(facts: LiveFacts, now: number): Decision {
    return redecide(facts, this.#world(), now);
  }

  /** An observer's token joins once, at the edge where the channel is: elsewhere it only passes through. */
  #once(ask: Ask, decision: Decision, now: number): Decision {
    if (decision.verdict === 'deny' || ask.relayed || !isObserverName(decision.account)) return decision;
    const { tokenId, issuedAt, certificateId, wildcardUser } = decision;
    if (tokenId !== null && issuedAt !== null && this.#observers.use(tokenId, issuedAt, Math.floor(now / 1000)))
      return decision;
    const { says } = DENY_CODES['observer.used'];
    return { ...refuse('observer.used', says, decision.bundle), tokenId, certificateId, wildcardUser };
  }

  /** The home of a channel; null when it is this edge, or when no edge of the fence is known to serve. */
  home(appId: string, channel: string): EdgeRef | null {
    const { index } = this.#options.policy;
    const fence = index.app(appId)?.fence;
    if (!fence || !index.edges) return null;
    const home = homeOf(appId, channel, fence.regions, index.edges, primitives);
    return home === null || home.name === this.#options.edge.name ? null : home;
  }

  /** Where nobody is named the edge gives out a uid; names used under a wildcard are remembered. */
  #named(ask: Ask, allow: Allow): Allow {
    const account = allow.account === '' ? this.#options.freeUid(ask.appId, ask.channel) : allow.account;
    if (allow.wildcardUser && allow.tokenId !== null) this.#users.add(allow.tokenId, account);
    return { ...allow, account };
  }

  #world(): World {
    const { edge, policy } = this.#options;
    return {
      edge,
      index: policy.index,
      bundle: policy.position,
      leaseExpiresAt: policy.leaseExpiresAt(),
      primitives,
      matchCertificate: (token, project, request) => {
        const candidates = project.certificates.flatMap((ref) => {
          const value = policy.certificate(ref);
          return value === null ? [] : [{ id: ref.id, value }];
        });
        return matchCertificate(token, candidates, primitives, request);
      },
      usersOf: (tokenId) => this.#users.of(tokenId),
    };
  }
}

/** Guessing at signatures costs most. What the edge or the project's owner caused costs nothing. */
function costOf(code: Decision['code']): number {
  switch (code) {
    case 'ok':
    case 'rate.limited':
    case 'policy.missing':
    case 'policy.stale':
    case 'policy.generation':
    case 'engine.unavailable':
      return 0;
    case 'token.signature':
      return 5;
    case 'token.too_large':
    case 'token.malformed':
    case 'project.unknown':
    case 'session.unknown':
      return 3;
    default:
      return 1;
  }
}
