import type { MemberCaller } from '../contract/world';

/** Every row that the console can read as this member, with its own database role and whatever SQL, as text; bytes as the text they hold. */
export async function readableBy(who: MemberCaller): Promise<string> {
  const { asMember } = await import('@/lib/db');
  return asMember(who.secret, who.organisationId, async ({ prisma }) => {
    const tables = await prisma.$queryRawUnsafe<{ name: string; columns: string }[]>(
      `select table_name as name, string_agg(quote_ident(column_name), ', ') as columns from information_schema.column_privileges
        where table_schema = 'public' and privilege_type = 'SELECT' and grantee = current_user group by table_name order by table_name`,
    );
    const rows: string[] = [];
    for (const { name, columns } of tables) {
      const found = await prisma.$queryRawUnsafe<{ row: string }[]>(
        `select to_jsonb(t)::text as row from (select ${columns} from "${name}") t`,
      );
      rows.push(...found.map(({ row }) => `${name} ${row.replaceAll(BYTES, asText)}`));
    }
    return rows.join('\n');
  });
}

const BYTES = /\\\\x((?:[0-9a-f]{2})+)/g;
const asText = (_: string, hex: string) => Buffer.from(hex, 'hex').toString('utf8');
