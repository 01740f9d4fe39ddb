import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { inPlace, reach } from '../../schema/reach.ts';
import { type Effective, effectiveSensitivity } from '../effective.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';
import { wordsOf } from '../words.ts';

/** Each row: words that make a field look personal when its name has them one after another, and what it looks like. Read by this rule alone. */
const looks: readonly (readonly [RegExp, string])[] = [
  [/\be ?mail\b/, 'an e-mail address'],
  [/\b(phone|telephone|mobile|msisdn|fax)\b/, 'a telephone number'],
  [/\b(birth ?date|birth ?day|date of birth|born on|dob|birth)\b/, 'a date of birth'],
  [
    /\b(ssn|social security|national id|passport|tax id|driving licence|drivers? license|nino)\b/,
    'a national identifier',
  ],
  [/\b(ip|ip addr|ip address|ipv4|ipv6|remote addr)\b/, 'an IP address'],
  [/\b(address|street|postcode|post code|zip|zip ?code|postal code)\b/, 'an address'],
  [
    /\b(first|last|full|given|family|middle|maiden) name\b|\b(firstname|lastname|fullname|surname|forename)\b/,
    "a person's name",
  ],
  [/\b(card number|credit card|card pan|pan|cvv|cvc|iban|account number|bank account)\b/, 'payment data'],
  [/\b(health|diagnosis|medical|patient|symptom|medication|disability|blood type)\b/, 'health data'],
  [/\b(gender|ethnicity|race|religion|sexual orientation|nationality|marital status)\b/, 'a personal characteristic'],
  [/\b(latitude|longitude|geo ?location|gps)\b/, 'a whereabouts'],
  [/\b(password|passphrase)\b/, 'a secret of a person'],
];

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  'idn-email': 'an e-mail address',
  ipv4: 'an IP address',
  ipv6: 'an IP address',
};

export const personalDataTagged: PolicyRule = {
  id: 'personal-data-tagged',
  summary: 'Fields that look personal by name or format carry a tag, or "x-tags": [] where they are not.',
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  *check({ document, catalog }): Generator<PolicyFinding> {
    const tagged = taggedParts(effectiveSensitivity(document, catalog.classification.levels, undefined));
    const reported = new Set<string>();
    for (const { instance, name, place } of reach(document)) {
      if (name === undefined || reported.has(instance) || tagged.has(instance) || place.resource.document !== document)
        continue;
      const schemas = inPlace({ instance, place }, document);
      const look = isFlag(schemas) ? undefined : looksLike(name, schemas);
      if (look === undefined || schemas.some((schema) => isObject(schema) && Object.hasOwn(schema, 'x-tags'))) continue;
      reported.add(instance);
      const tags = Object.keys(catalog.classification.tags).sort().join(', ');
      yield {
        pointer: place.pointer,
        message: `"${name}" looks like ${look} and carries no tag.`,
        hint: `Tags of ${catalog.name}: ${tags || 'none yet'}. Not personal: "x-tags": [].`,
        params: { field: name, looks: look },
      };
    }
  },
};

/** The parts that carry a tag, inherit one, or hold one that does. */
function taggedParts(parts: ReadonlyMap<string, Effective>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { instance, tags } of parts.values())
    if (tags.length > 0)
      for (let at = instance; !found.has(at); at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) found.add(at);
  return found;
}

/** `email_verified` says something about an address and holds none. */
function isFlag(schemas: readonly Json[]): boolean {
  const types = schemas.flatMap((schema) => {
    const type = isObject(schema) ? member(schema, 'type') : undefined;
    return type === undefined ? [] : isArray(type) ? type : [type];
  });
  return types.length > 0 && types.every((type) => type === 'boolean' || type === 'null');
}

function looksLike(name: string, schemas: readonly Json[]): string | undefined {
  const words = wordsOf(name).join(' ');
  const named = looks.find(([pattern]) => pattern.test(words));
  if (named) return named[1];
  for (const schema of schemas) {
    const format = isObject(schema) ? member(schema, 'format') : undefined;
    if (typeof format === 'string' && Object.hasOwn(formats, format)) return formats[format];
  }
  return undefined;
}
