import { changeProject, getProject } from '../_operations/project';
import { apiRoute } from '../_route';

export const GET = apiRoute(getProject);
export const PATCH = apiRoute(changeProject);
