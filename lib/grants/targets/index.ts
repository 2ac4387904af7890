import 'server-only';
import { inStaff, type StaffCaller } from '@/lib/authz';
import { newId } from '@/lib/platform';
import { errors } from '../errors';
import { isTicketPattern } from '../rules';
import type { EligibilityView, PolicyRequest, TargetTerms } from '../schemas';
import * as store from './store';

/** What access can be asked for, whose data it holds, and who may ask. */
export const readEligibility = (caller: StaffCaller): Promise<EligibilityView> =>
  inStaff(caller, ['EligibilityPolicy', 'read'], async (desk) => ({
    targets: await store.targets(desk),
    policies: await store.policies(desk),
    organisations: await store.organisations(desk),
  }));

/** Adds a target or changes it, for requests from now on. Throws `target.organisation`. */
export const changeTarget = (caller: StaffCaller, target: TargetTerms): Promise<void> =>
  inStaff(caller, ['AccessTarget', 'change'], async (desk) => {
    const known = await store.organisations(desk, target.organisations);
    if (known.length < target.organisations.length) throw errors('target.organisation', { field: 'organisations' });
    await store.putTarget(desk, target);
    const { class: of, region, dataClasses, organisations, state } = target;
    await desk.record(
      'target.changed@1',
      { object: { type: 'access-target', id: target.id } },
      { class: of, region, dataClasses, organisations, state },
    );
  });

/** Makes a policy, or the next version of one: what was asked before goes on under its own. Throws `grant.not_found`, `policy.pattern`. */
export const changePolicy = (caller: StaffCaller, { policy, name, terms }: PolicyRequest): Promise<string> =>
  inStaff(caller, ['EligibilityPolicy', 'change'], async (desk) => {
    if (terms.ticketPattern !== null && !isTicketPattern(terms.ticketPattern))
      throw errors('policy.pattern', { field: 'ticketPattern' });
    const before = policy === null ? null : await store.policy(desk, policy);
    if (policy !== null && !before) throw errors('grant.not_found');
    const id = before?.id ?? newId('elp');
    const version = (before?.version ?? 0) + 1;
    await store.insertPolicy(desk, { id, version, name, terms });
    const { classes, regions, dataClasses, maxMinutes, escalateMinutes, security, onCall, denials, breakGlass, ended } =
      terms;
    await desk.record(
      'eligibility.changed@2',
      { object: { type: 'eligibility-policy', id } },
      {
        version,
        classes,
        regions,
        dataClasses,
        maxMinutes,
        escalateMinutes,
        security,
        onCall,
        denials,
        breakGlass,
        ended,
      },
    );
    return id;
  });
