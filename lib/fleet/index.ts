/**
 * The fleet as a project or the provider sees it: edges and what they enforce, live and ended sessions, decisions. What
 * edges report is written by lib/control; here staff say which edges may join, take joins, and serve at all. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';

export { activity } from './activity';
export { beat, listEdges, staffFleet } from './edges';
export { fleetErrors } from './errors';
export { listDecisions, listSessions } from './history';
export { banEdge, expectEdge, fleetState, renewJoin, setDraining } from './staff';
