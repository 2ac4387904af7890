import type { Region } from './regions';

/** Whiteboard data centres. A room lives in one; a code that is not here is refused. */
export interface DataCentre {
  code: string;
  region: Region;
  place: string;
  /** Other names of the same centre, accepted on input. */
  aliases: readonly string[];
  /** From this day (ISO date) no new room may be bound to it; null while in service. */
  retiresOn: string | null;
}

/** Rises with every change of the table. */
export const DATA_CENTRES_VERSION = 1;

export const DATA_CENTRES: readonly DataCentre[] = [
  { code: 'us-sv', region: 'NA', place: 'Silicon Valley', aliases: [], retiresOn: null },
  { code: 'sg', region: 'AS', place: 'Singapore', aliases: [], retiresOn: null },
  { code: 'in-mum', region: 'IN', place: 'Mumbai', aliases: [], retiresOn: null },
  // The vendor's REST pages say `eu`, its security page `gb-lon`; both mean the European centre.
  { code: 'gb-lon', region: 'EU', place: 'London', aliases: ['eu'], retiresOn: null },
  { code: 'cn-hz', region: 'CN', place: 'Hangzhou', aliases: [], retiresOn: null },
];

/** By code or alias; null when unknown. `today` is an ISO date: a retired centre is not found for new rooms. */
export function findDataCentre(code: string, today: string): DataCentre | null {
  const centre = DATA_CENTRES.find((known) => known.code === code || known.aliases.includes(code));
  if (centre === undefined || (centre.retiresOn !== null && centre.retiresOn <= today)) return null;
  return centre;
}
