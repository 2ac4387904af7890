/**
 * The one door to the database. Every piece of work is one transaction that first proves who it is for (`asMember`, `asStaff`,
 * `asPerson`, `asApiKey`) or is nobody's (`withoutTenant`); PostgreSQL's row policies then decide what it can see.
 * `door` are the functions that work before anybody is known. Only `store.ts` files import this.
 */
import 'server-only';

export * as door from './door';
export { Prisma } from './generated/client';
export * from './generated/enums';
export { type Listener, listen } from './listen';
export {
  type AuditScope,
  asApiKey,
  asMember,
  asPerson,
  asStaff,
  closeDatabase,
  type KeyHolder,
  type Member,
  type Person,
  type Staff,
  withoutTenant,
} from './tenancy';
export type { AnyTx, Tx } from './tx';
