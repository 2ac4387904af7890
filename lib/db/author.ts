/**
 * Writes the SQL between two versions of the Prisma schema, for the author of a migration. No database and no download:
 * the schema engine runs as WebAssembly.
 *
 *   npx tsx lib/db/author.ts                    from nothing to prisma/schema.prisma
 *   npx tsx lib/db/author.ts old.prisma         from old.prisma to prisma/schema.prisma
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);

async function engineModule() {
  const module = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = require.resolve('@prisma/schema-engine-wasm').replace('schema_engine.js', 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {
    './schema_engine_bg.js': module as unknown as WebAssembly.ModuleImports,
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return module;
}

/** Tells the engine to write for PostgreSQL. A connection is opened by form only; two schema files need no database. */
function dialectOnly(): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg({});
  factory.connect = async () => {
    const adapter = await new PrismaPg({}).connect();
    // The one question the engine asks: does the schema exist, and which server is this?
    adapter.queryRaw = async () => ({
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, 'PostgreSQL 18.4', 180004]],
    });
    adapter.executeScript = async () => {};
    return adapter;
  };
  return factory;
}

export async function diff(oldSchema: string | undefined, newSchema: string): Promise<string> {
  const { SchemaEngine } = await engineModule();
  const adapter = bindMigrationAwareSqlAdapterFactory(dialectOnly());
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', newSchema]] }, () => {}, adapter);
  const files = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'schema.prisma', content }],
    configDir: '.',
  });
  const { stdout } = await engine.diff({
    from: oldSchema === undefined ? { tag: 'empty' } : files(oldSchema),
    to: files(newSchema),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout ?? '';
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const old = process.argv[2];
  process.stdout.write(await diff(old && readFileSync(old, 'utf8'), readFileSync('prisma/schema.prisma', 'utf8')));
}
