/**
 * What a verdict costs in a warm process that has never seen the documents: each text is made a new one by a comment, so that nothing
 * kept by document or by content is there. Of pairs in every JSON Lines file of the folder, those with a document of at least so many bytes.
 */
import { readdirSync } from 'node:fs';
import { compareDocuments, worldReports } from '../../dist/compat/compare.js';
import { confirm } from '../../dist/compat/confirm/confirm.js';
import { prepare } from '../../dist/compat/decide/decide.js';
import { machine, quantile } from '../parts/figures.mjs';
import { costOf, shown } from './cost.mjs';
import { documentFrom, readLines } from './read.mjs';

let comments = 0;

function newDocument(root, dialect) {
  const isObject = typeof root === 'object' && root !== null;
  return documentFrom(isObject ? { ...root, $comment: `read ${++comments}` } : root, dialect).document;
}

function sizeOf({ old, new: next }) {
  return Math.max(JSON.stringify(old).length, JSON.stringify(next).length);
}

/** A row is what is measured, and how. */
const measures = {
  verdict: ([previous, next]) => worldReports(prepare(previous, next, { confirm, guard: true })),
  'without Ajv': ([previous, next]) => worldReports(prepare(previous, next, { guard: true })),
  'with findings': ([previous, next]) => compareDocuments(previous, next, { confirm }),
};

export function coldTable(folder, least) {
  console.log(`documents of ${least} bytes and more, never seen before; processor time in ms. ${machine()}`);
  for (const file of readdirSync(folder)
    .filter((each) => each.endsWith('.jsonl'))
    .sort()) {
    const lines = (readLines(folder, file.slice(0, -'.jsonl'.length)) ?? []).filter(
      (line) => 'old' in line && sizeOf(line) >= least,
    );
    if (lines.length === 0) continue;
    const times = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
    // the first turn warms the process
    for (const isTimed of [false, true])
      for (const { old, new: next, dialect } of lines)
        for (const [name, measure] of Object.entries(measures)) {
          const pair = [newDocument(old, dialect), newDocument(next, dialect)];
          if (pair.includes(undefined)) break;
          const { ms } = costOf(() => measure(pair));
          if (isTimed) times[name].push(ms);
        }
    console.log(`\n${file}: ${times.verdict.length} pairs`);
    for (const [name, list] of Object.entries(times))
      console.log(
        `  ${name}: median ${shown(quantile(list, 0.5))}, p99 ${shown(quantile(list, 0.99))}, max ${shown(Math.max(...list))}`,
      );
    const ratios = times.verdict.map((ms, at) => times['with findings'][at] / ms);
    console.log(
      `  with findings as a multiple of the verdict: median ${shown(quantile(ratios, 0.5))}, p99 ${shown(quantile(ratios, 0.99))}`,
    );
  }
}
