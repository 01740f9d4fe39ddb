import { isObject, member } from '../../schema/json.ts';
import { effectiveSensitivity } from '../effective.ts';
import { inPlace, reach } from '../reach.ts';
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
    const effective = effectiveSensitivity(document, catalog.classification.levels, undefined);
    const tagged = [...effective.values()].filter((part) => part.tags.length > 0).map((part) => part.instance);
    const told = new Set<string>();
    for (const reached of reach(document)) {
      const { instance, name, place } = reached;
      if (name === undefined || told.has(instance) || place.resource.document !== document) continue;
      const schemas = inPlace(reached, document);
      const formatted = schemas.map((schema) => (isObject(schema) ? member(schema, 'format') : undefined));
      const look =
        looks.find(([pattern]) => pattern.test(wordsOf(name).join(' ')))?.[1] ??
        formatted.flatMap((format) =>
          typeof format === 'string' && Object.hasOwn(formats, format) ? [formats[format]] : [],
        )[0];
      if (look === undefined) continue;
      const declared = schemas.some((schema) => isObject(schema) && Object.hasOwn(schema, 'x-tags'));
      if (
        declared ||
        tagged.some(
          (other) => other === instance || other.startsWith(`${instance}/`) || instance.startsWith(`${other}/`),
        )
      )
        continue;
      told.add(instance);
      yield {
        pointer: place.pointer,
        message: `"${name}" looks like ${look} and carries no tag.`,
        hint: `Tags of ${catalog.name}: ${Object.keys(catalog.classification.tags).sort().join(', ') || 'none yet'}. Not personal: "x-tags": [].`,
        params: { field: name, looks: look },
      };
    }
  },
};
