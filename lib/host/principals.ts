import { principalOf, type Sheet } from '@/lib/kernel/grant';
import { type Held, isFresh } from './plan';

/**
 * What sshd asks at each login (AuthorizedPrincipalsCommand): a file of lines that the agent writes as a whole, and a program that reads it. The
 * program knows nothing of sheets; the agent writes what a verified one says, and nothing of grants that are over. Both belong to root.
 *
 *     cordon-principals/1 <from> <until>        Unix seconds between which the file may be used
 *     <account> <principal> <from> <until>      a grant, and when it runs
 *     end <number of grants>
 */
export function principalsFile(sheet: Sheet | null, held: readonly Held[], now: number): string {
  const until = isFresh(sheet, now) ? sheet.freshUntil : 0;
  const lines = held.map(
    ({ account, grant, startsAt, deadline }) => `${account} ${principalOf(grant)} ${startsAt} ${deadline}`,
  );
  return [`cordon-principals/1 ${sheet?.issuedAt ?? 0} ${until}`, ...lines, `end ${lines.length}`, ''].join('\n');
}

/**
 * The program, in POSIX sh without another program but `date`. Its argument is the account (`%u`). It prints the principal, or nothing: when the
 * account is not of a grant that runs now, and whenever anything of the file is not as it should be. `SKEW` of plan.ts is in it.
 */
export const principalsProgram = (file: string): string => `#!/bin/sh
# Prints the principal that may enter an account, for sshd. Nothing printed, nobody enters.
set -euf
PATH=/usr/bin:/bin
LC_ALL=C
export PATH LC_ALL
account=\${1:?}
number() { case $1 in '' | 0?* | *[!0-9]* | ????????????*) exit 1 ;; esac; }
now=$(date +%s)
number "$now"
found= count=0 ended=
{
  IFS=' ' read -r head from until more
  [ "$head" = cordon-principals/1 ] || exit 1
  [ -z "$more" ] || exit 1
  number "$from"
  number "$until"
  [ "$now" -ge $((from - 30)) ] || exit 1
  [ "$now" -lt "$until" ] || exit 1
  while IFS=' ' read -r name principal from until more; do
    [ -z "$ended" ] || exit 1
    if [ "$name" = end ]; then
      number "$principal"
      [ "$principal" -eq "$count" ] || exit 1
      [ -z "$from" ] || exit 1
      ended=1
      continue
    fi
    case $name in cg-????????????????) ;; *) exit 1 ;; esac
    case $principal in grant-????????????????????????????????) ;; *) exit 1 ;; esac
    [ -z "$more" ] || exit 1
    number "$from"
    number "$until"
    count=$((count + 1))
    [ "$name" = "$account" ] || continue
    [ -z "$found" ] || exit 1
    [ "$now" -ge "$from" ] || continue
    [ "$now" -lt "$until" ] || continue
    found=$principal
  done
} <${quoted(file)}
[ -n "$ended" ] || exit 1
[ -z "$found" ] || printf '%s\\n' "$found"
`;

/** For sh. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
