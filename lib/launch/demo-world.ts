import type { Region } from '@/lib/kernel/region';

/** The demo's invented world. Every name says that it is one; the addresses use domains reserved for examples (RFC 2606). */
export interface DemoPerson {
  email: string;
  name: string;
  role: 'owner' | 'administrator' | 'developer' | 'auditor';
}

export interface DemoProject {
  name: string;
  environment: 'development' | 'staging' | 'production';
  fence: Region[];
  mode?: 'app-id';
  secondary?: boolean;
  wildcardUser?: boolean;
  maxLifetimeSeconds?: number;
  frozen?: string;
  apiKey?: string;
}

export const DEMO_STAFF = [
  { email: 'admin@provider.example', name: 'Demo administrator', role: 'administrator' },
  { email: 'security@provider.example', name: 'Demo security officer', role: 'security' },
  { email: 'support@provider.example', name: 'Demo support engineer', role: 'support' },
  { email: 'auditor@provider.example', name: 'Demo internal auditor', role: 'auditor' },
] as const;

export const DEMO_ORGANISATIONS: { name: string; slug: string; people: DemoPerson[]; projects: DemoProject[] }[] = [
  {
    name: 'Demo Telehealth',
    slug: 'demo-telehealth',
    people: [
      { email: 'owner@telehealth.example', name: 'Demo owner', role: 'owner' },
      { email: 'admin@telehealth.example', name: 'Demo administrator', role: 'administrator' },
      { email: 'developer@telehealth.example', name: 'Demo developer', role: 'developer' },
      { email: 'auditor@telehealth.example', name: 'Demo external auditor', role: 'auditor' },
    ],
    projects: [
      {
        name: 'Consult',
        environment: 'production',
        fence: ['EU'],
        secondary: true,
        wildcardUser: false,
        maxLifetimeSeconds: 14_400,
        apiKey: 'Consult app server',
      },
      { name: 'Triage', environment: 'staging', fence: ['EU', 'NA', 'AS', 'JP', 'IN'] },
      { name: 'Sandbox', environment: 'development', fence: ['NA', 'EU', 'AS', 'JP', 'IN', 'CN'], mode: 'app-id' },
      { name: 'Pilot 2025', environment: 'production', fence: ['EU'], frozen: 'The pilot has ended.' },
    ],
  },
  {
    name: 'Demo Academy',
    slug: 'demo-academy',
    people: [
      { email: 'owner@academy.example', name: 'Demo owner', role: 'owner' },
      { email: 'developer@academy.example', name: 'Demo developer', role: 'developer' },
    ],
    projects: [
      {
        name: 'Classroom',
        environment: 'production',
        fence: ['IN', 'AS', 'JP'],
        secondary: true,
        apiKey: 'Classroom app server',
      },
      {
        name: 'Town hall',
        environment: 'production',
        fence: ['NA', 'EU', 'AS', 'JP', 'IN', 'CN'],
        apiKey: 'Town hall app server',
      },
      { name: 'Lab', environment: 'development', fence: ['CN', 'AS'] },
    ],
  },
];
