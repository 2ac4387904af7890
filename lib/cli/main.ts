/**
 * The `cordon` command: finds the command named by the first words, runs it, and turns the outcome into the exit code
 * (0 ok, 1 refused or invalid, 2 usage). Commands live one per file and are listed here.
 */

import { actVerify } from './act-verify';
import { adminRecover } from './admin-recover';
import { auditFsck } from './audit-fsck';
import { auditVerifier } from './audit-verifier';
import { auditVerify } from './audit-verify';
import { type Command, EXIT, type ExitCode, type Output, UsageError } from './command';
import { edgeExpect } from './edge-expect';
import { gatewayExpect } from './gateway-expect';
import { hostExpect } from './host-expect';
import { passwordsBuild } from './passwords-build';
import { recordingCast } from './recording-cast';
import { recordingRedact } from './recording-redact';
import { recordingVerify } from './recording-verify';
import { tokenInspect } from './token-inspect';
import { tokenIssue } from './token-issue';
import { witnessInit } from './witness-init';
import { witnessPolicy } from './witness-policy';
import { witnessServe } from './witness-serve';

const COMMANDS: readonly Command[] = [
  tokenInspect,
  tokenIssue,
  actVerify,
  auditVerify,
  auditVerifier,
  auditFsck,
  recordingVerify,
  recordingRedact,
  recordingCast,
  edgeExpect,
  gatewayExpect,
  hostExpect,
  adminRecover,
  passwordsBuild,
  witnessInit,
  witnessServe,
  witnessPolicy,
];

async function main(args: string[], out: Output): Promise<ExitCode> {
  const [first, second] = args;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    help(out, first === 'help' ? args.slice(1).join(' ') : '');
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = COMMANDS.find(({ name }) => name === first || name === `${first} ${second}`);
  if (command === undefined) {
    out.error(`cordon: no command "${[first, second].filter(Boolean).join(' ')}". Try: cordon help`);
    return EXIT.usage;
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length), out);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    out.error(`cordon ${command.name}: ${error.message}`);
    out.error(`usage: cordon ${command.name} ${command.usage}`);
    return EXIT.usage;
  }
}

function help(out: Output, about: string): void {
  const shown = COMMANDS.filter(({ name }) => name.startsWith(about));
  for (const { name, usage, says } of shown.length > 0 ? shown : COMMANDS) {
    out.line(`cordon ${name} ${usage}`);
    out.line(`    ${says}`);
  }
  out.line();
  out.line(
    '--json prints one JSON object. Exit code: 0 ok, 1 refused or invalid, 2 usage; audit verify, audit fsck and recording verify have one for each kind of failure.',
  );
}

process.exitCode = await main(process.argv.slice(2), {
  line: (text = '') => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
});
