import type { Context } from '../context';
import { type Input, OPERATIONS, type Operation, type Output } from '../protocol';
import { Refusal } from '../refusal';
import { challengeAct, verifyAct } from './act';
import { auditKeys, eraseAudit, openAudit } from './audit';
import { createCertificate, revealCertificate } from './certificate';
import { accessCertificate, controlCertificate, edgeCertificate, edgeRegionKey } from './edge';
import { describeCommittee, describeGrants, endGrant, leaveGrants, signSheet, undelegate } from './grant';
import { signLogs } from './log';
import { observerToken } from './observer';
import { endorsePasskey, registerPasskey, removePasskeys, welcomeStaff } from './passkey';
import { signPolicy } from './policy';
import { employeeCertificate, productionCertificate, terminalTicket } from './production';
import { sshHostCertificate } from './ssh';
import { createStream, signStream } from './stream';
import { matchToken, mintToken } from './token';
import { enrolTotp, verifyTotp } from './totp';
import { databaseProofKey, describeTrust } from './trust';

type Handlers = { [O in Operation]: (context: Context, input: Input<O>) => Output<O> | Promise<Output<O>> };

const handlers: Handlers = {
  'certificate.create': createCertificate,
  'certificate.reveal': revealCertificate,
  'token.mint': mintToken,
  'token.match': matchToken,
  'totp.enrol': enrolTotp,
  'totp.verify': verifyTotp,
  'act.challenge': challengeAct,
  'act.verify': verifyAct,
  'passkey.register': registerPasskey,
  'passkey.endorse': endorsePasskey,
  'passkey.remove': removePasskeys,
  'staff.welcome': welcomeStaff,
  'database.proofKey': databaseProofKey,
  'trust.describe': describeTrust,
  'edge.certificate': edgeCertificate,
  'access.certificate': accessCertificate,
  'control.certificate': controlCertificate,
  'edge.regionKey': edgeRegionKey,
  'ssh.hostCertificate': sshHostCertificate,
  'ssh.employeeCertificate': employeeCertificate,
  'ssh.terminalTicket': terminalTicket,
  'ssh.productionCertificate': productionCertificate,
  'observer.token': observerToken,
  'grant.describe': describeGrants,
  'committee.describe': describeCommittee,
  'grant.end': endGrant,
  'grant.leave': leaveGrants,
  'grant.undelegate': undelegate,
  'grant.sheet': signSheet,
  'policy.sign': signPolicy,
  'log.sign': signLogs,
  'audit.keys': auditKeys,
  'audit.open': openAudit,
  'audit.erase': eraseAudit,
  'stream.create': createStream,
  'stream.sign': signStream,
};

export const isOperation = (name: string): name is Operation => Object.hasOwn(OPERATIONS, name);

/** Runs one operation on input of unknown shape. Who may ask has been decided before. Throws `Refusal`. */
export async function run<O extends Operation>(context: Context, operation: O, input: unknown): Promise<Output<O>> {
  const parsed = OPERATIONS[operation].input.safeParse(input);
  if (!parsed.success) throw new Refusal('request.invalid');
  const handler = handlers[operation] as (context: Context, input: unknown) => Output<O> | Promise<Output<O>>;
  const output = OPERATIONS[operation].output.safeParse(await handler(context, parsed.data));
  if (!output.success) throw new Refusal('internal');
  return output.data as Output<O>;
}
