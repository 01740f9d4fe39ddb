/**
 * `node scripts/proof/dashboard.mjs FOLDER`: the dashboard held against the JSON Schemas that Grafana publishes. FOLDER is `jsonschema/` of
 * https://github.com/grafana/grafana-foundation-sdk: they forbid what they do not name, so that a misspelt member is found too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { dashboard } from '../../dist/provision/dashboard.js';
import { conclude, violationsFound } from '../parts/outcome.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of the schemas');
const violations = violationsFound();

function schemaOf(name, definition) {
  const { $schema: _, ...schema } = JSON.parse(readFileSync(join(folder, `${name}.jsonschema.json`), 'utf8'));
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile({
    ...schema,
    $ref: `#/definitions/${definition}`,
  });
}

function held(law, validate, value, about) {
  if (validate(value)) return;
  for (const { instancePath, message, params } of validate.errors)
    violations.add(law, `${about}${instancePath} ${message} ${JSON.stringify(params)}`);
}

const made = JSON.parse(dashboard(['shop']));
const [whole, custom, query] = [
  schemaOf('dashboard', 'Dashboard'),
  schemaOf('timeseries', 'FieldConfig'),
  schemaOf('prometheus', 'Dataquery'),
];
const { definitions } = JSON.parse(readFileSync(join(folder, 'units.jsonschema.json'), 'utf8'));
const units = new Set(Object.values(definitions).map((row) => row.const));
held('a dashboard as Grafana has it', whole, made, '');
let queries = 0;
for (const { title, targets, fieldConfig, type } of made.panels) {
  const { unit, custom: stated } = fieldConfig.defaults;
  if (type !== 'timeseries') violations.add('a panel of the type whose schema it is held against', `${title}: ${type}`);
  held('a panel as its plugin has it', custom, stated, `${title}: custom`);
  if (!units.has(unit)) violations.add('units that Grafana knows', `${title}: ${unit}`);
  for (const target of targets) {
    held('a query as the data source has it', query, target, `${title}: `);
    queries += 1;
  }
}
conclude('The dashboard and the schemas of Grafana', { panels: made.panels.length, queries }, violations);
