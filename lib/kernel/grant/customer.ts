import type { Terms } from '../act';
import { toHex, toUtf8 } from '../encoding';
import type { Hash } from '../log';
import { type GrantTerms, grantTerms, sameTerms, withMinutes } from './terms';
import { after, inRange } from './words';

/**
 * What one customer is shown of a request and signs when it answers: made for it alone, out of the terms that the requester and the staff
 * sign. Whoever holds those can make it again, so that the keyring and an auditor need nobody's word for it; whoever holds a customer's has
 * neither the person, nor another organisation, nor a target that holds none of its data.
 */
const NAMES = [
  'Access',
  'Employee',
  'Targets',
  'Commands',
  'Files',
  'Purpose',
  'Reason',
  'Ticket',
  'Starts',
  'Minutes',
  'Decide by',
  'Customer',
] as const;

/** Throws `RangeError` for an organisation that has not to agree to the request. */
export function customerTerms(terms: GrantTerms, organisation: string, primitives: Hash): Terms {
  const share = terms.customers.find((one) => one.organisation === organisation);
  if (!share) throw new RangeError('customer terms');
  const values = new Map([
    ...grantTerms(terms),
    ['Employee', employeeOf(organisation, terms.person, primitives)] as const,
    ['Targets', share.targets.join(', ')] as const,
    ['Customer', organisation] as const,
  ]);
  return NAMES.map((name) => [name, values.get(name)!] as const);
}

/** The minutes that a customer's answer gives; null when its terms are not those of this request for this customer, with so many or fewer. */
export function customerMinutes(
  answered: Terms,
  asked: GrantTerms,
  organisation: string,
  primitives: Hash,
): number | null {
  const minutes = Number(answered.find(([name]) => name === 'Minutes')?.[1]);
  if (!inRange(minutes, 1, asked.minutes)) return null;
  return sameTerms(answered, withMinutes(customerTerms(asked, organisation, primitives), minutes)) ? minutes : null;
}

/** The organisation that a role `customer org_…` speaks for; null for the staff's roles. */
export const customerOf = (role: string): string | null => after('customer ', role);

const EMPLOYEE = 'cordon-employee/1';

/**
 * `emp_…`: the id that a person of the staff has with one organisation. The same one with another organisation is another id, and without the
 * person's own id neither leads to the other. Anybody who knows that id can make it: so the keyring and auditors check it without a secret.
 */
export const employeeOf = (organisation: string, person: string, { sha256 }: Hash): string =>
  `emp_${toHex(sha256(toUtf8(`${EMPLOYEE}\n${organisation}\n${person}`)!).subarray(0, 16))}`;
