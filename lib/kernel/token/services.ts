import type { Reader } from '../encoding';
import { readPrivileges } from './privileges';
import type { ParseReason, Rtm2Permission, Service } from './types';

/** The fields after the privilege map of each service type, read in the vendor's order. */
export function readService(reader: Reader): Service | { unknown: number } | ParseReason {
  const type = reader.u16();
  if (reader.failed) return 'truncated';
  // An unknown type has no length: nothing after it can be read, not even its privileges.
  if (type < 1 || type > 10) return { unknown: type };
  const privileges = readPrivileges(reader);
  if (privileges === null) return 'privileges_malformed';
  const service = readFields(reader, type, privileges);
  return reader.failed ? 'truncated' : service;
}

function readFields(reader: Reader, type: number, privileges: Service['privileges']): Service {
  switch (type) {
    case 1:
      return { kind: 'rtc', privileges, channel: reader.text(), account: reader.text() };
    case 2:
      return { kind: 'rtm', privileges, user: reader.text() };
    case 3:
      return { kind: 'streaming', privileges, channel: reader.text(), account: reader.text() };
    case 4:
      return { kind: 'fpa', privileges };
    case 5:
      return { kind: 'chat', privileges, user: reader.text() };
    case 6:
      return { kind: 'fcdn', privileges, channel: reader.text(), account: reader.text() };
    case 7:
      return { kind: 'apaas', privileges, room: reader.text(), user: reader.text(), role: reader.i16() };
    case 8:
      return { kind: 'rtm2', privileges, user: reader.text(), permissions: readPermissions(reader) };
    case 9:
      return { kind: 'convoai', privileges };
    default:
      return { kind: 'stt', privileges };
  }
}

/** `u16 n × (u16 resource, u16 m × (u16 permission, u16 k × string))`, flattened to one entry per pair. */
function readPermissions(reader: Reader): Rtm2Permission[] {
  const all: Rtm2Permission[] = [];
  const resources = reader.u16();
  for (let r = 0; r < resources && !reader.failed; r++) {
    const resource = reader.u16();
    const permissions = reader.u16();
    for (let p = 0; p < permissions && !reader.failed; p++) {
      const permission = reader.u16();
      const count = reader.u16();
      const names: string[] = [];
      for (let n = 0; n < count && !reader.failed; n++) names.push(reader.text());
      all.push({ resource, permission, names });
    }
  }
  return all;
}
