import { defineConfig } from 'prisma/config';

// `generate` never runs an engine but insists on finding one; any executable satisfies it, so no download is tried.
// Other commands (native `migrate` where there is internet) are left alone: a dummy engine makes them silent no-ops.
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
