import { createRevocation, listRevocations } from '../_operations/policy';
import { apiRoute } from '../_route';

export const GET = apiRoute(listRevocations);
export const POST = apiRoute(createRevocation);
