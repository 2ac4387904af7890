import { getFence, setFence } from '../_operations/project';
import { apiRoute } from '../_route';

export const GET = apiRoute(getFence);
export const PUT = apiRoute(setFence);
