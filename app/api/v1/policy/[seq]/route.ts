import { getChange } from '../../_operations/policy';
import { apiRoute } from '../../_route';

export const GET = apiRoute(getChange);
