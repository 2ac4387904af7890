/**
 * Who is on call, so that a request reaches somebody who is awake before it reaches everybody. It is routing, not a permission: whoever the
 * committee designated may answer at any time, and the keyring knows no shifts. Control's part is `due/escalations.ts`.
 */
import 'server-only';

export { readOnCall } from './read';
export { routingOf, tellApprovers } from './route';
export { handOverShift, removeShift, setShift } from './shifts';
