import { newId } from '@/lib/platform';
import { AGREEMENT_FORM } from './access';
import { keptIn, type Streams, type Tenant, type WalkWorld } from './world';

/**
 * What is sent to an action: one form that holds a good value for every field any form has, so that a refusal is never about the
 * form. Where two forms mean different things by one name, the action is named here. An action whose arguments fit nothing of this is
 * found by the walk itself, because the person who may do it is then refused for the form.
 */
export interface About {
  world: WalkWorld;
  tenant: Tenant;
  /** Whose `organisationId` the form claims, where that differs. */
  claims?: Tenant;
}

const common = ({ world, tenant, claims = tenant }: About): Record<string, string> => ({
  organisationId: claims.organisationId,
  projectId: tenant.projectId,
  certificateId: tenant.certificateId,
  membershipId: tenant.membershipId,
  invitationId: tenant.invitationId,
  apiKeyId: tenant.apiKeyId,
  viewId: tenant.viewId,
  sampleId: tenant.sampleId,
  wanted: '5',
  reach: 'all',
  keyId: tenant.apiKeyId,
  sessionId: tenant.sessionId,
  userId: world.staff.support.userId,
  passkeyId: world.passkeyId,
  current: world.password,
  ids: '',
  list: 'email,role\nwalk-list@example.com,auditor\n',
  version: '0',
  passwordMinCharacters: '14',
  passwordMaxAgeDays: '',
  sessionIdleMinutes: '14',
  sessionHours: '7',
  factor: 'passkey',
  networks: '',
  name: 'Taken over',
  reason: 'because of the walk',
  email: 'walk@example.com',
  ownerEmail: 'walk@example.com',
  slug: 'taken-over',
  role: 'developer',
  environment: 'staging',
  mode: 'app-id',
  fence: 'EU,NA',
  regions: 'EU,NA',
  region: 'EU',
  url: 'https://edge.example.com',
  scopes: 'project:read',
  confirm: tenant.words.Project,
  password: 'a mural lantern of seven',
  again: 'a mural lantern of seven',
  code: '000000',
  draining: 'yes',
  status: 'active',
  type: 'user',
  subject: 'somebody',
  issuedBefore: '',
  days: '30',
  'scope.project:read': 'on',
  kind: 'rtc',
  channel: 'room',
  account: 'ada',
  lifetimeSeconds: '600',
  token: '007x',
  edge: '',
  when: '',
  scope: 'all',
  maxLifetimeSeconds: '600',
  clockSkewSeconds: '60',
  stalenessSeconds: '600',
});

const POLICY = {
  version: '0',
  passwordMinCharacters: '14',
  passwordMaxAgeDays: '',
  sessionIdleMinutes: '15',
  sessionHours: '8',
  factor: 'passkey',
  networks: '',
};

type Fields = Record<string, string | string[]>;

const STREAM = { kind: 'http', address: 'https://receiver.invalid/', ca: '', from: 'now' };

function streamForms(whose: '' | 'Provider', of: (about: About) => Streams): Record<string, (about: About) => Fields> {
  const on =
    (which: keyof Streams, more: Fields = {}) =>
    (about: About) => ({ streamId: of(about)[which], ...more });
  return {
    [`change${whose}StreamAction`]: on('active', STREAM),
    [`rotate${whose}StreamSecretAction`]: on('active'),
    [`test${whose}StreamAction`]: on('active'),
    [`pause${whose}StreamAction`]: on('active'),
    [`resume${whose}StreamAction`]: on('paused'),
    [`delete${whose}StreamAction`]: on('spare'),
    [whose ? 'sendProviderStreamAgainAction' : 'sendAgainAction']: on('paused'),
  };
}

/** What is kept of a log: of the organisation's, and of the provider's. */
const KEEPING: Record<string, (about: About) => Fields> = {
  setRetentionAction: () => ({ class: 'security', months: '12' }),
  setProviderRetentionAction: () => ({ class: 'security', months: '12' }),
  setHoldAction: () => ({ kind: 'act', target: 'none' }),
  setProviderHoldAction: () => ({ kind: 'act', target: 'none' }),
  releaseHoldAction: ({ tenant }) => keptIn(tenant.organisationId),
  releaseProviderHoldAction: () => keptIn('provider'),
  proposePruningAction: () => ({ activity: 'on', before: '2025-01-01' }),
  proposeProviderPruningAction: () => ({ activity: 'on', before: '2025-01-01' }),
  approvePruningAction: ({ tenant }) => keptIn(tenant.organisationId),
  approveProviderPruningAction: () => keptIn('provider'),
  withdrawPruningAction: ({ tenant }) => keptIn(tenant.organisationId),
  withdrawProviderPruningAction: () => keptIn('provider'),
  erasePersonAction: ({ world }) => ({ person: world.member.owner.userId }),
  eraseProviderPersonAction: ({ world }) => ({ person: world.base.staff.userId }),
};
const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
/** Access to production, of staff and of the customers it concerns. */
const ACCESS: Record<string, (about: About) => Fields> = {
  askAction: ({ world }) => ({
    ...{
      request: newId('grt'),
      kind: 'access',
      policy: world.access.policyId,
      purpose: 'incident',
      ticket: '',
      starts: '',
    },
    ...{ [`target.${world.access.target}`]: 'on', minutes: '30', command: '', reason: 'because of the walk' },
  }),
  extendAction: ({ world }) => ({ request: newId('grt'), extends: world.access.running, minutes: '5' }),
  voteAction: ({ world }) => ({ request: world.access.waiting, role: 'security', verdict: 'approve', minutes: '30' }),
  reviewAction: ({ world }) => ({ request: world.access.broken, verdict: 'approve' }),
  giveBackAction: ({ world }) => ({ request: world.access.ending }),
  revokeAction: ({ world }) => ({ request: world.access.others }),
  commentAction: ({ world }) => ({ request: world.access.waiting, to: '', text: 'Why?' }),
  openSessionAction: ({ world }) => ({
    ...{ session: newId('ssn'), request: world.access.running, target: world.access.target, through: 'web terminal' },
  }),
  terminateAction: ({ world }) => ({ ...world.access.watched, reason: 'because of the walk' }),
  copyAction: ({ world }) => ({ session: world.access.session, what: 'whole', reason: 'because of the walk' }),
  shareAction: ({ world }) => ({ copy: world.access.copy, recipient: 'An auditor', days: '7', views: '5' }),
  revokeShareAction: ({ world }) => ({ share: world.access.share }),
  proposeMembersAction: ({ world }) => ({
    ...{ [`member.${world.staff.support.userId}`]: 'on', [`member.${world.staff.security.userId}`]: 'on' },
    ...{ until: day(30), minutes: 'ISSC' },
  }),
  proposeDesignationAction: ({ world }) => ({
    ...{ person: world.staff.support.userId, as: 'authorised employee', until: day(30), minutes: 'ISSC' },
  }),
  proposeWithdrawalAction: ({ world }) => ({
    ...{ person: world.staff.support.userId, as: 'authorised employee', minutes: 'ISSC' },
  }),
  voteDecisionAction: ({ world }) => ({ decision: world.access.decision, verdict: 'approve' }),
  delegateAction: ({ world }) => ({
    ...{ delegation: newId('dlg'), role: 'security', to: world.staff.support.userId },
    ...{ from: `${day(0)}T00:00`, until: `${day(7)}T00:00` },
  }),
  endDelegationAction: ({ world }) => ({ delegation: world.access.delegation }),
  recordTrainingAction: ({ world }) => ({
    ...{ person: world.staff.support.userId, course: 'general', completed: day(-1), evidence: 'LMS' },
  }),
  recordPlaceAction: ({ world }) => ({ person: world.staff.support.userId, employer: 'Example Ltd', country: 'DE' }),
  publishAgreementAction: () => AGREEMENT_FORM,
  signAgreementAction: () => ({ version: '1' }),
  changeTargetAction: () => ({
    ...{ target: 'host:walk-2', class: 'edge', region: 'EU', 'data.log': 'on', organisations: '', state: 'active' },
  }),
  changeEligibilityAction: () => ({
    ...{
      policy: '',
      name: 'Walk',
      'class.edge': 'on',
      'region.EU': 'on',
      'data.log': 'on',
      targets: '',
      ticketPattern: '',
    },
    ...{ maxMinutes: '60', decideMinutes: '120', escalateMinutes: '10', security: '1', onCall: '0', denials: '1' },
  }),
  setLockAction: () => ({ kind: 'target', subject: 'host:elsewhere' }),
  setShiftAction: ({ world }) => ({
    ...{ person: world.access.shifts.to, from: `${day(1)}T08:00`, until: `${day(1)}T20:00` },
  }),
  handOverShiftAction: ({ world }) => ({ shift: world.access.shifts.own, to: world.access.shifts.to }),
  removeShiftAction: ({ world }) => ({ shift: world.access.shifts.spare }),
  liftLockAction: ({ world }) => ({ lock: world.access.lock }),
  answerProviderAction: ({ world, tenant }) => ({
    ...{ request: world.access.asked[tenant.organisationId]!.waiting, verdict: 'approve', minutes: '30' },
  }),
  withdrawAccessAction: ({ world, tenant }) => ({ request: world.access.asked[tenant.organisationId]!.running }),
  commentToProviderAction: ({ world, tenant }) => ({
    ...{ request: world.access.asked[tenant.organisationId]!.waiting, text: 'Why?' },
  }),
  changeLockboxAction: ({ tenant }) => ({ project: tenant.projectId, mode: 'approve', answerMinutes: '60' }),
};
const FORMS: Record<string, (about: About) => Fields> = {
  deleteCertificateAction: ({ tenant }) => ({
    certificateId: tenant.otherCertificateId,
    confirm: tenant.words.Certificate,
  }),
  enableCertificateAction: ({ tenant }) => ({ certificateId: tenant.otherCertificateId }),
  mintTokenAction: () => ({ role: 'publisher' }),
  changeRoleAction: () => ({ role: 'auditor' }),
  revokeInvitationAction: ({ world }) => ({ invitationId: world.staffInvitationId }),
  endorsePasskeyAction: ({ world }) => ({ passkeyId: world.waitingPasskeyId }),
  turnDownPasskeyAction: ({ world }) => ({ passkeyId: world.waitingPasskeyId }),
  changeEmployeeAction: ({ world }) => ({ userId: world.staff.support.userId, role: 'auditor' }),
  inviteEmployeeAction: () => ({ role: 'auditor' }),
  expectEdgeAction: () => ({ name: 'eu-9' }),
  renewJoinAction: () => ({ name: 'eu-1' }),
  drainEdgeAction: () => ({ name: 'eu-1' }),
  banEdgeAction: () => ({ name: 'eu-2', confirm: 'eu-2' }),
  archiveProjectAction: ({ tenant }) => ({ projectId: tenant.frozen.id, confirm: tenant.frozen.name }),
  unfreezeProjectAction: ({ tenant }) => ({ projectId: tenant.frozen.id }),
  restoreProjectAction: ({ tenant }) => ({ projectId: tenant.archivedId }),
  requestExportAction: () => ({ format: 'ndjson' }),
  saveViewAction: () => ({ shared: 'on' }),
  saveProviderViewAction: () => ({ shared: 'on' }),
  removeProviderViewAction: ({ world }) => ({ viewId: world.staffViewId }),
  exportSampleAction: () => ({ format: 'ndjson' }),
  changeTermsAction: ({ tenant }) => ({ membershipId: tenant.auditorMembershipId }),
  endAccessAction: ({ tenant }) => ({ membershipId: tenant.auditorMembershipId }),
  requestProviderExportAction: () => ({ format: 'ndjson' }),
  createStreamAction: () => STREAM,
  createProviderStreamAction: () => STREAM,
  ...streamForms('', ({ tenant }) => tenant.streams),
  ...streamForms('Provider', ({ world }) => world.staffStreams),
  ...KEEPING,
  ...ACCESS,
  changePolicyAction: () => ({ ...POLICY, factor: 'any' }),
  changeStaffPolicyAction: () => POLICY,
};

/** Something to confirm, and a signature of nobody's. */
const askOf = (tenant: Tenant) => ({ action: 'project.freeze', object: tenant.projectId, version: '', terms: [] });
const SIGNED = {
  statement: 'cordon-act/1\n',
  mac: 'AAAA',
  response: { id: 'AAAA', response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' } },
};

const ARGUMENTS: Record<string, (about: About) => unknown[]> = {
  mintToTryAction: ({ tenant, claims = tenant }) => [
    {
      organisationId: claims.organisationId,
      projectId: tenant.projectId,
      channel: 'room',
      account: 'ada',
      role: 'publisher',
      capSeconds: 600,
    },
  ],
  beginStepUpAction: ({ tenant }) => [askOf(tenant)],
  confirmStepUpAction: ({ tenant }) => [{ ...askOf(tenant), code: '000000' }],
  confirmPasskeyStepUpAction: ({ tenant }) => [{ ask: askOf(tenant), signed: SIGNED }],
  addPasskeyAction: () => [
    {
      statement: 'cordon-act/1\n',
      mac: 'AAAA',
      passkeyId: `psk_${'0'.repeat(32)}`,
      name: 'Key',
      response: { id: 'AAAA', response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA', transports: [] } },
    },
  ],
  openLinkAction: () => ['A'.repeat(43)],
  openShareAction: () => ['A'.repeat(43)],
};

export function argumentsOf(name: string, about: About, extra: Fields = {}): unknown[] {
  const own = ARGUMENTS[name]?.(about);
  if (own) return own;
  const form = new FormData();
  for (const [field, value] of Object.entries({ ...common(about), ...FORMS[name]?.(about), ...extra })) {
    for (const each of [value].flat()) form.append(field, each);
  }
  return [{}, form];
}
