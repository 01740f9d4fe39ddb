/**
 * Real edits of large schemas, for `bench:corpora -- FOLDER --cold`: consecutive revisions of the JSON files of a git repository.
 * `node scripts/bench/revisions.mjs REPOSITORY [--under src/schemas/json] [--larger-than 50000] [--revisions 7] > FOLDER/name.jsonl`.
 */
import { execFileSync } from 'node:child_process';
import { option } from '../parts/figures.mjs';

const repository = process.argv[2];
const least = Number(option('larger-than', 50_000));
const revisions = String(option('revisions', 7));

function git(...args) {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] };
  try {
    return execFileSync('git', ['-C', repository, ...args], options);
  } catch {
    return undefined;
  }
}

function files() {
  const lines = (git('ls-tree', '-r', '-l', 'HEAD', '--', option('under', '.')) ?? '').split('\n');
  return lines
    .map((line) => line.split(/\s+/))
    .filter(([, , , size, name]) => Number(size) >= least && name?.endsWith('.json'));
}

function dialectOf({ $schema }) {
  const [, draft] = /draft-0([467])|(?:2019-09|2020-12)/.exec(String($schema)) ?? [];
  if (draft !== undefined) return `draft${draft}`;
  return /2019-09|2020-12/.exec(String($schema))?.[0] ?? 'draft7';
}

function schemaAt(commit, file) {
  try {
    return JSON.parse(git('show', `${commit}:${file}`) ?? '');
  } catch {
    return undefined;
  }
}

for (const [, , , , file] of files()) {
  const commits = (git('log', '--format=%H', '-n', revisions, '--', file) ?? '').trim().split('\n');
  const schemas = commits.map((commit) => schemaAt(commit, file));
  for (const [at, next] of schemas.slice(0, -1).entries()) {
    const previous = schemas[at + 1];
    if (next === undefined || previous === undefined) continue;
    const sizes = [previous, next].map((schema) => JSON.stringify(schema).length);
    if (Math.min(...sizes) < least || JSON.stringify(previous) === JSON.stringify(next)) continue;
    const id = `${file.split('/').pop()}@${commits[at].slice(0, 8)}`;
    console.log(JSON.stringify({ id, dialect: dialectOf(next), old: previous, new: next }));
  }
}
