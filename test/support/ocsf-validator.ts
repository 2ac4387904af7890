/**
 * Whether a JSON value is an event of OCSF 1.8.0, by the facts of `test/vectors/ocsf-1.8.0.json`: attributes that are there, required ones,
 * types, enums with their captions, profiles and constraints. Answers what is wrong, by path; what is not vendored is wrong too.
 */
import schema from '../vectors/ocsf-1.8.0.json';

interface Attribute {
  type: string;
  array?: boolean;
  requirement: string;
  profile?: string;
  sibling?: string;
  enum?: Record<string, string>;
}
interface Item {
  constraints: { at_least_one?: string[]; just_one?: string[] };
  attributes: Record<string, Attribute>;
}
type Json = Record<string, unknown>;

const CLASSES = schema.classes as Record<string, Item & { caption: string; category: number }>;
const OBJECTS = schema.objects as unknown as Record<string, Item>;
const TYPES = schema.types as Record<string, { type?: string; regex?: string; max_len?: number }>;
/** `type_uid` and the like are of one class, and checked as a whole. */
const DERIVED = ['class_uid', 'category_uid'];

export function ocsfFaults(event: Json): string[] {
  const of = CLASSES[String(event.class_uid)];
  if (!of) return [`class_uid: ${event.class_uid} is not known`];
  const faults = itemFaults(of, event, '', profilesOf(event));
  const {
    class_uid: uid,
    class_name: name,
    category_uid: category,
    activity_id: activity,
    type_uid: type,
  } = event as Record<string, number | string>;
  if (category !== of.category) faults.push(`category_uid: ${category} is not ${of.category}`);
  if (name !== of.caption) faults.push(`class_name: ${name} is not ${of.caption}`);
  if (type !== Number(uid) * 100 + Number(activity)) faults.push(`type_uid: ${type}`);
  if ((event.metadata as Json | undefined)?.version !== schema.source.tag) faults.push('metadata.version');
  return faults;
}

const profilesOf = (event: Json): string[] => ((event.metadata as Json | undefined)?.profiles as string[]) ?? [];

function itemFaults({ attributes, constraints }: Item, value: Json, path: string, profiles: string[]): string[] {
  const faults: string[] = [];
  for (const [name, { requirement, profile }] of Object.entries(attributes))
    if (requirement === 'required' && value[name] === undefined && (!profile || profiles.includes(profile)))
      faults.push(`${path}${name}: required`);
  for (const [name, given] of Object.entries(value)) {
    const attribute = attributes[name];
    if (!attribute || (attribute.profile && !profiles.includes(attribute.profile)))
      faults.push(`${path}${name}: unknown`);
    else faults.push(...attributeFaults(attribute, given, `${path}${name}`, value, profiles));
  }
  const there = (names: string[]) => names.filter((name) => value[name] !== undefined).length;
  if (constraints.at_least_one && there(constraints.at_least_one) === 0)
    faults.push(`${path}: none of ${constraints.at_least_one}`);
  if (constraints.just_one && there(constraints.just_one) !== 1)
    faults.push(`${path}: not one of ${constraints.just_one}`);
  return faults;
}

function attributeFaults(
  attribute: Attribute,
  given: unknown,
  path: string,
  beside: Json,
  profiles: string[],
): string[] {
  if (attribute.array !== Array.isArray(given) && (attribute.array || Array.isArray(given)))
    return [`${path}: array or not`];
  const name = path.slice(path.lastIndexOf('.') + 1);
  return (Array.isArray(given) ? given : [given]).flatMap((value: unknown) => {
    if (attribute.enum && !DERIVED.includes(name)) {
      const caption = attribute.enum[String(value)];
      if (caption === undefined) return [`${path}: ${value} is not in its enum`];
      const said = attribute.sibling ? beside[attribute.sibling] : undefined;
      if (said !== undefined && String(value) !== '99' && said !== caption)
        return [`${path}: ${said} is not ${caption}`];
    }
    return typeFaults(attribute.type, value, path, profiles);
  });
}

function typeFaults(type: string, value: unknown, path: string, profiles: string[]): string[] {
  if (type === 'object' || type === 'json_t') return [];
  const scalar = TYPES[type];
  if (!scalar) {
    const object = OBJECTS[type];
    if (!object) return [`${path}: ${type} is not vendored`];
    if (typeof value !== 'object' || value === null) return [`${path}: not an object`];
    return itemFaults(object, value as Json, `${path}.`, profiles);
  }
  switch (scalar.type ?? type) {
    case 'string_t': {
      if (typeof value !== 'string') return [`${path}: not a text`];
      const fits = !scalar.regex || new RegExp(scalar.regex).test(value);
      return fits && value.length <= (scalar.max_len ?? Number.POSITIVE_INFINITY) ? [] : [`${path}: not a ${type}`];
    }
    case 'boolean_t':
      return typeof value === 'boolean' ? [] : [`${path}: not a boolean`];
    case 'integer_t':
    case 'long_t':
      return Number.isSafeInteger(value) ? [] : [`${path}: not an integer`];
    default:
      return [`${path}: ${type} is not checked`];
  }
}
