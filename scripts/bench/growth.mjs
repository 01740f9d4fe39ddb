/**
 * How the cost of a comparison grows: `npm run bench:growth -- [--svg FILE]`. Changed properties from 10 to 10,000, tagged branches, members of an
 * enumeration. "verdict" is four answers by the engine alone, "confirmed" the same with Ajv's word on each witness, "whole" all that
 * `herald compare` computes. Cold: the first time in the process a case of this kind and size is seen; then the median of three.
 */
import { writeFileSync } from 'node:fs';
import { compareDocuments, worldReports } from '../../dist/compat/compare.js';
import { confirm } from '../../dist/compat/confirm/confirm.js';
import { prepare } from '../../dist/compat/decide/decide.js';
import { option, quantile } from '../parts/figures.mjs';
import { costOf, shown } from './cost.mjs';
import { logPlot } from './log-plot.mjs';
import { documentFrom } from './read.mjs';

const runs = 3;

const each = (count, make) => Array.from({ length: count }, (_, index) => make(index));

function properties(count, type) {
  return { type: 'object', properties: Object.fromEntries(each(count, (index) => [`p${index}`, { type }])) };
}

function branches(count, type) {
  const branch = (index) => ({
    type: 'object',
    required: ['kind', 'value'],
    properties: { kind: { const: `k${index}` }, value: { type } },
  });
  return { oneOf: each(count, branch) };
}

function untagged(count, type) {
  const branch = (index) => ({
    type: 'object',
    required: [`r${index}`],
    properties: Object.fromEntries([
      [`r${index}`, { type: index === count - 1 ? type : 'string' }],
      ...each(8, (turn) => [`f${(index + turn) % count}`, { type: 'string', maxLength: 10 + turn }]),
    ]),
  });
  return { oneOf: each(count, branch) };
}

/** Each definition refers to three others; the last one is changed. */
function definitions(count, type) {
  const reference = (index) => ({ $ref: `#/$defs/d${index % count}` });
  const definition = (index) => ({
    type: 'object',
    properties: {
      a: reference(index + 1),
      b: reference(index * 7 + 3),
      c: reference(index * 13 + 5),
      v: { type: index === count - 1 ? type : 'string' },
    },
  });
  return { $ref: '#/$defs/d0', $defs: Object.fromEntries(each(count, (index) => [`d${index}`, definition(index)])) };
}

function oneOfProperties(count, type) {
  return { type: 'object', properties: { ...properties(count - 1, 'number').properties, last: { type } } };
}

function members(count) {
  return { properties: { code: { enum: each(count, (index) => `v${index}`) } } };
}

/** A row is a case by its size: what it is called, and the two documents. */
const kinds = [
  {
    name: 'properties, all narrowed',
    sizes: [10, 100, 1_000, 2_000, 10_000],
    pair: (size) => [properties(size, 'number'), properties(size, 'integer')],
  },
  {
    name: 'properties, all replaced',
    sizes: [10, 100, 1_000, 2_000, 10_000],
    pair: (size) => [properties(size, 'string'), properties(size, 'integer')],
  },
  {
    name: 'tagged branches, all widened',
    sizes: [10, 30, 100, 300],
    pair: (size) => [branches(size, 'integer'), branches(size, 'number')],
  },
  {
    name: 'properties, one narrowed',
    sizes: [5_000],
    pair: (size) => [oneOfProperties(size, 'number'), oneOfProperties(size, 'integer')],
  },
  {
    name: 'untagged branches, one narrowed',
    sizes: [20, 60],
    pair: (size) => [untagged(size, 'number'), untagged(size, 'integer')],
  },
  {
    name: 'definitions that refer to one another, one narrowed',
    sizes: [90, 300],
    pair: (size) => [definitions(size, 'number'), definitions(size, 'integer')],
  },
  {
    name: 'members of an enum, one more',
    sizes: [100, 1_000, 10_000],
    pair: (size) => [members(size), members(size + 1)],
  },
];

/** Documents made anew: nothing is known of them from the run before. */
function documentsOf({ pair }, size) {
  return pair(size).map((root) => documentFrom(root, '2020-12').document);
}

const measures = {
  verdict: ([previous, next]) => worldReports(prepare(previous, next, { guard: true })),
  confirmed: ([previous, next]) => worldReports(prepare(previous, next, { guard: true, confirm })),
  whole: ([previous, next]) => compareDocuments(previous, next, { confirm }),
};

const svg = option('svg', undefined);
const curves = [];
console.log('processor time in ms (cold, then median)');
console.log('| case | size | verdict | confirmed | whole | findings |');
console.log('|---|---|---|---|---|---|');
for (const kind of kinds) {
  const medians = Object.keys(measures).map((name) => ({ name: `${name}: ${kind.name}`, y: [] }));
  for (const size of kind.sizes) {
    const cells = [];
    let findings = 0;
    for (const [index, measure] of Object.values(measures).entries()) {
      const times = each(runs + 1, () => {
        const documents = documentsOf(kind, size);
        const { ms, result } = costOf(() => measure(documents));
        findings = result.findings?.length ?? findings;
        return ms;
      });
      const [cold, ...warm] = times;
      cells.push(`${shown(cold)}, ${shown(quantile(warm, 0.5))}`);
      medians[index].y.push(quantile(warm, 0.5));
    }
    console.log(`| ${kind.name} | ${size} | ${cells.join(' | ')} | ${findings} |`);
  }
  if (kind.sizes.at(-1) === 10_000 && kind.sizes[0] === 10) curves.push({ x: kind.sizes, series: medians });
}
if (svg) {
  const [{ x }] = curves;
  const series = curves.flatMap((curve) => curve.series);
  writeFileSync(svg, logPlot({ title: 'Milliseconds of processor time by number of properties', x, series }));
}
