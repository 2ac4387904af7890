import { canonicalJson, toHex } from '../encoding';
import { isObject, jsonOf, utf8 } from './bytes';
import { malformed, PackFault } from './faults';
import type { PackHost } from './host';

const FILE = 'schemas.json';

/** Reads the shapes of the events, by their digest: which schema each is of. Throws PackFault. */
export function schemasOf({ sha256 }: Pick<PackHost, 'sha256'>, bytes: Uint8Array): Map<string, string> {
  const shapes = jsonOf(bytes, FILE);
  if (!isObject(shapes)) throw malformed('it is not an object', FILE);
  const schemas = new Map<string, string>();
  for (const [digest, shape] of Object.entries(shapes)) {
    if (toHex(sha256(utf8(canonicalJson(shape)))) !== digest) {
      throw new PackFault('schema', 'a shape does not have the digest that it stands under', { file: FILE });
    }
    if (!isObject(shape) || typeof shape.schema !== 'string') throw malformed('a shape names no schema', FILE);
    schemas.set(digest, shape.schema);
  }
  return schemas;
}
