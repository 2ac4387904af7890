import { listSessions } from '../_operations/activity';
import { apiRoute } from '../_route';

export const GET = apiRoute(listSessions);
