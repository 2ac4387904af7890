/**
 * @peculiar/x509 behind one door. It resolves its classes with tsyringe, which refuses to load unless `Reflect` can keep metadata.
 * @simplewebauthn/server brings reflect-metadata, which cannot be loaded over a stand-in: so it comes first, and the import of x509 is
 * dynamic, because static ones are sorted.
 */
import '@simplewebauthn/server';

export const loadX509 = async () => await import('@peculiar/x509');
export type X509 = Awaited<ReturnType<typeof loadX509>>;
