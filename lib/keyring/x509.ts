/**
 * @peculiar/x509 behind one door. It resolves its classes with tsyringe, which refuses to load unless `Reflect` can keep
 * metadata; none of those classes has constructor parameters, so keeping is all that is needed. The import must come after
 * the three functions exist, and a bundler hoists static imports, therefore it is dynamic.
 */
type Metadata = Map<unknown, unknown>;
const metadata = new WeakMap<object, Metadata>();
const own = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    getMetadata: own,
    getOwnMetadata: own,
    defineMetadata(key: unknown, value: unknown, target: object) {
      metadata.set(target, (metadata.get(target) ?? new Map()).set(key, value));
    },
  });
}

export const loadX509 = async () => await import('@peculiar/x509');
export type X509 = Awaited<ReturnType<typeof loadX509>>;
