/**
 * Classes of the Open Cybersecurity Schema Framework that events are shown as, each with those of its activities that are used.
 * https://schema.ocsf.io/1.8.0, https://github.com/ocsf/ocsf-schema tag 1.8.0.
 */
export const OCSF_VERSION = '1.8.0';
/** Of the table here. It goes up with any change of what an event becomes, whatever the schema's version. */
export const MAPPING_VERSION = '1';

export interface OcsfClass {
  uid: number;
  name: string;
  category: string;
  activities: Readonly<Record<string, number>>;
  /** The class has `actor` by itself; the others by the profile `host`. */
  actor: boolean;
  /** Which of `src_endpoint` and `http_request` the class has. */
  source: 'request' | 'endpoint' | 'none';
}

const IAM = { category: 'Identity & Access Management', actor: true, source: 'request' } as const;
const APPLICATION = 'Application Activity';

export const CLASSES = {
  account: {
    ...IAM,
    uid: 3001,
    name: 'Account Change',
    activities: {
      Create: 1,
      'Password Change': 3,
      'Password Reset': 4,
      Lock: 9,
      'MFA Factor Enable': 10,
      'MFA Factor Disable': 11,
    },
  },
  authentication: { ...IAM, uid: 3002, name: 'Authentication', activities: { Logon: 1, Logoff: 2 } },
  session: { ...IAM, uid: 3003, name: 'Authorize Session', activities: { 'Assign Privileges': 1 } },
  entity: {
    ...IAM,
    uid: 3004,
    name: 'Entity Management',
    activities: {
      Create: 1,
      Read: 2,
      Update: 3,
      Delete: 4,
      Enroll: 6,
      Enable: 8,
      Disable: 9,
      Activate: 10,
      Deactivate: 11,
      Suspend: 12,
      Resume: 13,
    },
  },
  access: {
    ...IAM,
    uid: 3005,
    name: 'User Access Management',
    activities: { 'Assign Privileges': 1, 'Revoke Privileges': 2 },
  },
  resources: {
    uid: 6001,
    name: 'Web Resources Activity',
    category: APPLICATION,
    actor: false,
    source: 'request',
    activities: { Read: 2, Export: 7, Share: 8 },
  },
  lifecycle: {
    uid: 6002,
    name: 'Application Lifecycle',
    category: APPLICATION,
    actor: false,
    source: 'none',
    activities: { Start: 3, Update: 8 },
  },
  api: {
    uid: 6003,
    name: 'API Activity',
    category: APPLICATION,
    actor: true,
    source: 'request',
    activities: { Create: 1, Read: 2, Delete: 4 },
  },
  log: {
    uid: 1008,
    name: 'Event Log Activity',
    category: 'System Activity',
    actor: true,
    source: 'endpoint',
    activities: { Delete: 2, Export: 3 },
  },
  finding: {
    uid: 2004,
    name: 'Detection Finding',
    category: 'Findings',
    actor: false,
    source: 'none',
    activities: { Create: 1 },
  },
  /** Of no class: an event whose name this version does not know. */
  base: {
    uid: 0,
    name: 'Base Event',
    category: 'Uncategorized',
    actor: false,
    source: 'none',
    activities: {},
  },
} as const satisfies Record<string, OcsfClass>;

export type ClassName = keyof typeof CLASSES;

export const SEVERITIES = { 1: 'Informational', 2: 'Low', 3: 'Medium', 4: 'High', 5: 'Critical' } as const;
export type Severity = keyof typeof SEVERITIES;
