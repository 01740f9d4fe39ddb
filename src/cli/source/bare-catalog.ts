/** The rules for files under no catalog.json: compatibility only, no opinion on names, owners or classification. */
import { policyRules } from '../../policy/rules/index.ts';
import { type Catalog, catalogShape } from '../../schema/catalog.ts';

export const bareCatalog: Catalog = catalogShape.parse({
  name: 'none',
  title: 'Files under no catalog.json',
  names: {
    segments: Array.from({ length: 10 }, (_, index) => ({
      name: `segment${index + 1}`,
      style: 'any',
      optional: index > 0,
    })),
    major: 'optional',
  },
  envelope: { schema: {}, at: { type: '/type', payload: '/payload' } },
  classification: { levels: ['public', 'internal', 'confidential', 'restricted'] },
  rules: Object.fromEntries(policyRules.map((rule) => [rule.id, 'off'])),
});
