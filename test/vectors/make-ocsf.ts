/**
 * Writes `ocsf-1.8.0.json` from a checkout of https://github.com/ocsf/ocsf-schema at tag 1.8.0: of the classes and objects that events
 * of the log become, the attributes with their types, requirements, enums and constraints. Facts only, no wording of the schema.
 * `npx tsx test/vectors/make-ocsf.ts DIRECTORY COMMIT`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , directory = '', commit = ''] = process.argv;

interface Attribute {
  type?: string;
  is_array?: boolean;
  requirement?: string;
  enum?: Record<string, { caption: string }>;
  sibling?: string;
  profile?: string | null;
}
interface Item {
  uid?: number;
  caption: string;
  category?: string;
  extends?: string;
  attributes: Record<string, Attribute> & { $include?: string[] };
  constraints?: object;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(directory, path), 'utf8')) as T;
const dictionary = read<{
  attributes: Record<string, Attribute>;
  types: { attributes: Record<string, { type?: string; regex?: string; max_len?: number; range?: number[] }> };
}>('dictionary.json');
const categories = read<{ attributes: Record<string, { uid: number }> }>('categories.json').attributes;

const CLASSES = {
  base_event: '',
  account_change: 'iam',
  authentication: 'iam',
  authorize_session: 'iam',
  entity_management: 'iam',
  user_access: 'iam',
  web_resources_activity: 'application',
  application_lifecycle: 'application',
  api_activity: 'application',
  event_log_activity: 'system',
  detection_finding: 'findings',
};
const OBJECTS = ['metadata', 'product', 'user', 'actor', 'auth_factor', 'service', 'managed_entity', 'network_endpoint']
  .concat(['http_request', 'web_resource', 'api', 'resource_details', 'finding_info', 'fingerprint', 'digital_signature'])
  .sort();
/** The one profile that is used. */
const PROFILE = 'host';

const fileOf = (name: string) => {
  if (name === 'base_event') return 'events/base_event.json';
  const folder = (CLASSES as Record<string, string>)[name] ?? (name === 'finding' ? 'findings' : name);
  return `events/${folder}/${name}.json`;
};

/** With everything it inherits; what is nearer wins, attribute by attribute. */
function whole(name: string, pathOf: (name: string) => string): Item & { category?: string } {
  const item = read<Item>(pathOf(name));
  const base = item.extends ? whole(item.extends, pathOf) : { attributes: {} as Item['attributes'] };
  const { $include = [], ...own } = item.attributes;
  const attributes: Record<string, Attribute> = { ...base.attributes };
  for (const path of $include) {
    const profile = path.replace(/^.*\/|\.json$/g, '');
    if (profile !== PROFILE) continue;
    for (const [key, value] of Object.entries(read<Item>(path).attributes)) attributes[key] = { ...value, profile };
  }
  for (const [key, value] of Object.entries(own)) {
    const before = attributes[key];
    attributes[key] = { ...before, ...value, ...(before?.enum ? { enum: { ...before.enum, ...value.enum } } : {}) };
  }
  return { ...base, ...item, attributes, category: item.category ?? (base as Item).category } as Item;
}

function factsOf(attributes: Record<string, Attribute>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, own]) => {
      const known = dictionary.attributes[name]!;
      const values = own.enum || known.enum ? { ...known.enum, ...own.enum } : null;
      return [
        name,
        {
          type: known.type,
          ...(known.is_array ? { array: true } : {}),
          requirement: own.requirement ?? 'optional',
          ...(own.profile ? { profile: own.profile } : {}),
          ...(known.sibling ? { sibling: known.sibling } : {}),
          ...(values
            ? { enum: Object.fromEntries(Object.entries(values).map(([id, { caption }]) => [id, caption])) }
            : {}),
        },
      ];
    }),
  );
}

const classes = Object.fromEntries(
  Object.keys(CLASSES).map((name) => {
    const { uid = 0, caption, category, attributes, constraints } = whole(name, fileOf);
    const group = categories[category!]?.uid ?? 0;
    return [group * 1000 + uid, { caption, category: group, constraints: constraints ?? {}, attributes: factsOf(attributes) }];
  }),
);
const objects = Object.fromEntries(
  OBJECTS.map((name) => {
    const { attributes, constraints } = whole(name, (object) => `objects/${object}.json`);
    return [name, { constraints: constraints ?? {}, attributes: factsOf(attributes) }];
  }),
);
const types = Object.fromEntries(
  Object.entries(dictionary.types.attributes).map(([name, { type, regex, max_len, range }]) => [
    name,
    { ...(type ? { type } : {}), ...(regex ? { regex } : {}), ...(max_len ? { max_len } : {}), ...(range ? { range } : {}) },
  ]),
);
const source = { repository: 'https://github.com/ocsf/ocsf-schema', tag: '1.8.0', commit, licence: 'Apache-2.0' };
writeFileSync('test/vectors/ocsf-1.8.0.json', `${JSON.stringify({ source, classes, objects, types }, null, 1)}\n`);
