import { inspect } from '../../_operations/tokens';
import { apiRoute } from '../../_route';

export const POST = apiRoute(inspect);
