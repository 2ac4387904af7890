/**
 * Temporary access to production: who may ask, who has to agree, what concerned customers say and see, and which sessions there were. What opens a
 * machine is not decided here but by the keyring, out of signatures (lib/kernel/grant); rows are copies, and rules here decide what may be
 * asked at all. The server's only door; browsers may import `schemas.ts`. Control's part is `due`.
 */
import 'server-only';

export { answerProvider, commentToProvider, withdrawAccess } from './customer/answer';
export { changeLockbox, readLockbox } from './customer/lockbox';
export { readProviderAccess } from './customer/read';
export type { AccessFilter } from './customer/store';
export { errors as grantErrors } from './errors';
export { liftLock, readLocks, setLock } from './locks';
export { handOverShift, readOnCall, removeShift, setShift } from './on-call';
export { drawGrants, readEvidence, readPopulation } from './population';
export { askForAccess, askForExtension } from './requests/ask';
export { comment, giveBack, revoke, terminate } from './requests/end';
export { listRequests, ownActive, type Requests, readRequest } from './requests/read';
export type { Filter as RequestFilter } from './requests/store';
export { reviewBreakGlass, voteOnRequest } from './requests/vote';
export { readGateway } from './sessions/gateway';
export { openSession } from './sessions/open';
export { listSessions, readSession } from './sessions/read';
export { changePolicy, changeTarget, readEligibility } from './targets';
