/** The verdict for one reader over every version that was compared. */
import { enforcedDirections, worst } from '../../compat/compare.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import { compareReader, type ReaderVerdicts, type Reading } from '../../compat/reading/reader.ts';
import { fieldsOf } from '../../compat/reading/samples.ts';
import { type Direction, directions, type FormatPolicy, type Level, type World, worlds } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { append } from '../../schema/pointer.ts';
import type { PastVersion } from '../input.ts';
import type { Compared } from '../merge.ts';
import type { ReaderDirection, ReaderReport } from '../report.ts';
import { type Counting, excuse } from './counting.ts';
import type { Reader } from './known.ts';

export interface ReaderQuestion {
  readonly compared: readonly Compared[];
  documentOf(version: PastVersion): SchemaDocument;
  readonly document: SchemaDocument;
  readonly level: Level;
  readonly world: World;
  readonly formats: FormatPolicy;
  readonly ignore: readonly string[];
  /** Whether every version is a JSON Schema: of the others all is taken as read. */
  readonly isJson: boolean;
}

export interface Judged {
  readonly reader: Reader;
  readonly report: ReaderReport;
  /** An event that is sent now and that its own schema rejects. */
  readonly already?: ReaderVerdicts['already'];
}

export function judgedReaders(
  readers: readonly Reader[],
  counting: Counting,
  question: ReaderQuestion,
): readonly Judged[] {
  const tally = { left: maxComparisons };
  return readers.map((reader) => {
    const judged = verdictFor(reader, question, tally);
    const excused = excuse(reader, counting);
    return excused === undefined ? judged : { ...judged, report: { ...judged.report, excused } };
  });
}

/** Readers are asked version by version; who comes after so many is taken to read everything, which asks nothing. */
const maxComparisons = 300;
const tooMany = 'there are too many readers and versions to ask one by one';

function isBroken({ worlds: found }: Compared['comparison']): boolean {
  return worlds.some((world) => directions.some((direction) => found[world][direction].verdict !== 'compatible'));
}

function verdictFor(reader: Reader, question: ReaderQuestion, tally: { left: number }): Judged {
  const stated = question.isJson ? readingOf(reader) : {};
  const isPart = stated.reads !== undefined || stated.requires !== undefined;
  const asked = stated.requires
    ? question.compared.length
    : question.compared.filter(({ comparison }) => isBroken(comparison)).length;
  const isSkipped = isPart && asked > tally.left;
  if (isPart && !isSkipped) tally.left -= asked;
  const reading = isSkipped ? {} : stated;
  // of the newest version that breaks it each field is asked; of older ones that would say little more
  let byField = true;
  const found = question.compared.map(({ version, comparison }) => {
    const verdicts = question.isJson
      ? compareReader(question.documentOf(version), question.document, reading, {
          formats: question.formats,
          ignore: question.ignore,
          confirm,
          byField,
          whole: comparison.worlds,
        })
      : { worlds: comparison.worlds, fields: noFields, ties: [] };
    byField &&= directions.every((direction) => verdicts.fields[direction].length === 0);
    return { number: version.number, verdicts };
  });
  const merged = byWorld(found);
  const [kept] = found.filter(({ verdicts }) => verdicts.ties.length > 0 || verdicts.whole !== undefined);
  const already = found.find(({ verdicts }) => verdicts.already !== undefined)?.verdicts.already;
  const report: ReaderReport = {
    service: reader.service,
    origin: reader.origin,
    critical: reader.critical,
    reading: kindOf(reader, question.isJson),
    verdict: worst(enforcedDirections(question.level).map((direction) => merged[question.world][direction].verdict)),
    worlds: merged,
    ...(kept && kept.verdicts.ties.length > 0 && { ties: kept.verdicts.ties.map(tieText) }),
    ...(kept?.verdicts.whole && { whole: kept.verdicts.whole }),
    ...(isSkipped && { whole: tooMany }),
  };
  return { reader, report, ...(already && { already }) };
}

const noFields = { backward: [], forward: [] };

function tieText({ place, keyword }: { readonly place: readonly string[]; readonly keyword: string }) {
  return { place: append('', ...place), keyword };
}

/** What it demands is the strongest word; samples speak where it names no fields. */
export function readingOf({ demand, reads, samples }: Reader): Reading {
  if (demand) return { requires: demand };
  if (reads) return { reads };
  return samples ? { reads: fieldsOf(samples) } : {};
}

function kindOf({ demand, reads, samples }: Reader, isJson: boolean): ReaderReport['reading'] {
  if (!isJson) return 'everything';
  if (demand) return 'schema';
  if (reads) return 'fields';
  return samples ? 'samples' : 'everything';
}

interface Found {
  readonly number: number;
  readonly verdicts: Pick<ReaderVerdicts, 'worlds' | 'fields'>;
}

function byWorld(found: readonly Found[]): ReaderReport['worlds'] {
  const of = (world: World) => ({
    backward: merged(found, world, 'backward'),
    forward: merged(found, world, 'forward'),
  });
  return { closed: of('closed'), open: of('open') };
}

function merged(found: readonly Found[], world: World, direction: Direction): ReaderDirection {
  const verdict = worst(found.map(({ verdicts }) => verdicts.worlds[world][direction].verdict));
  if (verdict === 'compatible') return { verdict };
  const broken = found.filter(({ verdicts }) => verdicts.worlds[world][direction].verdict === verdict);
  const witness = broken[0]?.verdicts.worlds[world][direction].witness;
  const fields = [...new Set(broken.flatMap(({ verdicts }) => verdicts.fields[direction]))];
  return { verdict, ...(broken[0] && { against: broken[0].number }), fields, ...(witness && { witness }) };
}

/** Where in the event a reader breaks, whichever direction and world. */
export function brokenFields({ worlds: found }: ReaderReport): readonly string[] {
  return [
    ...new Set(worlds.flatMap((world) => directions.flatMap((direction) => found[world][direction].fields ?? []))),
  ];
}
