import type { EdgesResource } from '../bundle/resources';
import type { Region } from '../region';
import { DENY_CODES, type DenyCode } from './codes';
import type { Deny } from './types';

/** A refusal by one step, before the decision adds who, which certificate and which bundle. */
export interface Refusal {
  code: DenyCode;
  detail: string;
  allowedRegions?: Deny['allowedRegions'];
  allowedEdges?: Deny['allowedEdges'];
  retryAfter?: number;
}

/** The detail defaults to what the code says. */
export function refuse(code: DenyCode, detail: string = DENY_CODES[code].says): Refusal {
  return { code, detail };
}

/** Outside the fence: names the regions and serving edges where the client may join instead. */
export function refuseRegion(region: Region, fence: readonly Region[], edges: EdgesResource | undefined): Refusal {
  const allowedEdges = (edges?.edges ?? [])
    .filter((edge) => edge.serving && fence.includes(edge.region))
    .map(({ name, region, url }) => ({ name, region, url }));
  const where = allowedEdges.length > 0 ? allowedEdges.map(({ name }) => name).join(', ') : 'none is serving now';
  const detail = `This edge is in ${region}; the fence allows ${fence.join(', ')} (edges: ${where}).`;
  return { code: 'fence.region_denied', detail, allowedRegions: fence, allowedEdges };
}
