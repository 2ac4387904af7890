import { listCertificates } from '../_operations/project';
import { apiRoute } from '../_route';

export const GET = apiRoute(listCertificates);
