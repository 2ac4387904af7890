import { planFenceChange } from '../../_operations/project';
import { apiRoute } from '../../_route';

export const POST = apiRoute(planFenceChange);
