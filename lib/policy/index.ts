/**
 * Policy: what edges enforce. The fence with the plan of what a change would do, revocations, and how far a change has got
 * on every edge. Also publishes projects' settings for lib/projects. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';

export { enforcement } from './enforce';
export { policyErrors } from './errors';
export { applyFence, planFence } from './fence-acts';
export { lastChange, publishProject } from './publish';
export { listRevocations, revoke, revokeTokens } from './revoke';
