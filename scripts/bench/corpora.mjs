/**
 * Verdicts, times and agreement with labels on real pairs: `npm run bench:corpora -- [folder] [--jsoncompat] [--write]`. With
 * `--cold --larger-than 50000` instead what a verdict costs on large documents never seen before (cold.mjs).
 * The folder is ../shared/corpora where none is given. --write renews DISAGREEMENTS.md from the labels and reasons.json.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { compareDocuments, worldReports } from '../../dist/compat/compare.js';
import { confirm } from '../../dist/compat/confirm/confirm.js';
import { prepare } from '../../dist/compat/decide/decide.js';
import { option, quantile } from '../parts/figures.mjs';
import { coldTable } from './cold.mjs';
import { costOf, shown } from './cost.mjs';
import { disagreementsPage } from './disagreements.mjs';
import { jsoncompat } from './peer.mjs';
import { corpora, documentFrom, readLines } from './read.mjs';

const flags = process.argv.slice(2).filter((each) => each.startsWith('--'));
const folder = process.argv.slice(2).find((each) => !each.startsWith('--')) ?? '../shared/corpora';
if (!existsSync(folder)) {
  console.log(`no corpora at ${folder}: nothing measured (pass the folder as an argument)`);
  process.exit(0);
}

if (flags.includes('--cold')) {
  coldTable(folder, Number(option('larger-than', 50_000)));
  process.exit(0);
}

const worlds = ['closed', 'open'];
const directions = ['backward', 'forward'];

/** One pair: four answers, as a comparison asks for them, and what they cost together. */
function judge({ previous, next, ignore }) {
  const { ms, result } = costOf(() => worldReports(prepare(previous, next, { ignore, confirm, guard: true })));
  const answers = {};
  for (const world of worlds) {
    for (const direction of directions) answers[`${world} ${direction}`] = result[world][direction];
  }
  return { answers, ms };
}

function withFindings({ previous, next, ignore }) {
  return costOf(() => compareDocuments(previous, next, { ignore, confirm })).ms;
}

/** The same case in documents of their own: nothing is kept for them yet but Ajv's code, which is found by their text. */
function reread(each) {
  return { ...each, previous: { ...each.previous }, next: { ...each.next } };
}

/** Each pair's median over several runs, so that neighbours on the machine do not decide. */
const runs = 5;

function medians(list, run) {
  const times = list.map(() => []);
  for (let turn = 0; turn < runs; turn++) for (const [at, each] of list.entries()) times[at].push(run(each));
  return times.map((own) => quantile(own, 0.5));
}

function tally(answers, key) {
  const count = (verdict) => answers.filter((each) => each[key].verdict === verdict).length;
  const crashes = answers.filter((each) => each[key].undecided?.some(({ reason }) => reason === 'internal')).length;
  return [count('compatible'), count('incompatible'), count('undecided') - crashes, crashes];
}

function load(corpus) {
  const lines = readLines(folder, corpus.name);
  if (lines === undefined) return undefined;
  return lines.map((line) => {
    const [previous, next] = [documentFrom(line.old, line.dialect), documentFrom(line.new, line.dialect)];
    const refused = previous.refused ?? next.refused;
    return { line, refused, previous: previous.document, next: next.document, ignore: corpus.ignore ?? [] };
  });
}

// what is measured first would be measured cold: every corpus once untimed, before any is timed
for (const corpus of corpora) {
  for (const each of load(corpus) ?? []) {
    if (each.refused !== undefined) continue;
    judge(each);
    withFindings(each);
  }
}
console.log(`processor time (user and system), median of ${runs} runs of each pair after two untimed runs of all;`);
console.log(
  "documents parsed, what is kept by content or document (Ajv's code, an earlier version's graph) already made",
);

const peer = flags.includes('--jsoncompat') ? await jsoncompat() : undefined;
const disagreements = [];

for (const corpus of corpora) {
  const cases = load(corpus);
  if (cases === undefined) {
    console.log(`\n${corpus.name}: no such file`);
    continue;
  }
  const usable = cases.filter((each) => each.refused === undefined);
  for (const each of usable) judge(each);
  const judged = usable.map((each) => ({ ...each, ...judge(each) }));
  const times = medians(usable, (each) => judge(each).ms);
  for (const each of usable) withFindings(each);
  const findingTimes = medians(usable, withFindings);
  const newTimes = medians(Array.from(usable.keys()), (at) => judge(reread(usable[at])).ms);

  console.log(`\n${corpus.name}: ${cases.length} pairs, ${cases.length - usable.length} refused at reading`);
  console.log('  world  direction  compatible incompatible undecided crash');
  for (const world of worlds) {
    for (const direction of directions) {
      const cells = tally(
        judged.map(({ answers }) => answers),
        `${world} ${direction}`,
      );
      console.log(
        `  ${world.padEnd(6)} ${direction.padEnd(9)} ${cells.map((cell) => String(cell).padStart(10)).join(' ')}`,
      );
    }
  }
  const row = (label, list) =>
    console.log(
      `  ${label}: median ${shown(quantile(list, 0.5))} ms, p99 ${shown(quantile(list, 0.99))} ms, max ${shown(Math.max(...list))} ms`,
    );
  row('four answers', times);
  row('four answers, documents not seen before (their text was)', newTimes);
  row('with findings', findingTimes);

  for (const world of worlds) {
    let agreed = 0;
    let labelled = 0;
    for (const { line, answers } of judged) {
      for (const direction of directions) {
        const label = line.norm?.[direction];
        const { verdict, witness } = answers[`${world} ${direction}`];
        if (typeof label !== 'boolean') continue;
        labelled += 1;
        const wanted = label ? 'compatible' : 'incompatible';
        if (verdict === wanted) agreed += 1;
        else if (world === corpus.world)
          disagreements.push({
            corpus: corpus.name,
            id: line.id,
            world,
            direction,
            wanted,
            verdict,
            witness,
            undecided: answers[`${world} ${direction}`].undecided,
            line,
          });
      }
    }
    const own = world === corpus.world ? ' (the world its labels are meant in)' : '';
    console.log(`  labels in the ${world} world: ${agreed} of ${labelled} agree${own}`);
  }
  for (const { line, refused } of cases) if (refused !== undefined) console.log(`  refused: ${line.id}: ${refused}`);
  if (peer !== undefined) console.log(`  jsoncompat: ${peer(judged)}`);
}

const events = readLines(folder, 'event-payloads');
if (events !== undefined) {
  const wrong = [];
  let asked = 0;
  for (const line of events) {
    const { document, refused } = documentFrom(line.schema, line.dialect);
    if (document === undefined) {
      wrong.push(`${line.id}: refused ${refused}`);
      continue;
    }
    const pair = prepare(document, document, {});
    for (const [list, expected] of [
      [line.valid, true],
      [line.invalid, false],
    ]) {
      for (const event of list ?? []) {
        asked += 1;
        const said = pair.accepts('previous', event);
        if (said !== expected)
          wrong.push(
            `${line.id}: ${expected ? 'valid' : 'invalid'} event ${said === undefined ? 'left open' : 'judged otherwise'}`,
          );
      }
    }
  }
  console.log(`\nevent-payloads: ${asked} events against ${events.length} schemas, ${wrong.length} not as listed`);
  for (const each of wrong.slice(0, 10)) console.log(`  ${each}`);
}

console.log(`\n${disagreements.length} labels disagree in their own world`);
const reasons = JSON.parse(readFileSync(new URL('reasons.json', import.meta.url), 'utf8'));
const page = disagreementsPage(disagreements, reasons);
console.log(`${page.unexplained} of them without a reason in reasons.json`);
if (flags.includes('--write')) writeFileSync(new URL('DISAGREEMENTS.md', import.meta.url), page.text);
if (flags.includes('--list'))
  for (const each of disagreements)
    console.log(
      `${each.corpus} | ${each.id} | ${each.direction}: label ${each.wanted}, verdict ${each.verdict} ${JSON.stringify(each.witness?.value ?? each.undecided?.[0]) ?? ''}`,
    );
