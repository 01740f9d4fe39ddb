/** The verdict for one reader over every version that was compared. */
import { enforcedDirections, worst } from '../../compat/compare.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import { compareReader, type ReaderVerdicts, type Reading } from '../../compat/reading/reader.ts';
import {
  type Direction,
  type DirectionReport,
  directions,
  type FormatPolicy,
  type Level,
  type World,
  worlds,
} from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { append } from '../../schema/pointer.ts';
import type { PastVersion } from '../input.ts';
import type { Compared } from '../merge.ts';
import type { ReaderDirection, ReaderReport } from '../report.ts';
import { type Counting, excuse } from './counting.ts';
import { byWeight, partOf, type Reader, type ReadPart } from './known.ts';

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
  readonly part: ReadPart;
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
  // who declares itself is asked before others, who could be many
  const judged = new Map(readers.toSorted(byWeight).map((reader) => [reader, verdictFor(reader, question, tally)]));
  return readers.flatMap((reader) => {
    const one = judged.get(reader);
    const excused = excuse(reader, counting);
    return one ? [excused === undefined ? one : { ...one, report: { ...one.report, excused } }] : [];
  });
}

/** Readers are asked version by version; who comes after so many is taken to read everything, which asks nothing. */
const maxComparisons = 300;
const tooMany = 'there are too many readers and versions to ask one by one';

function isBroken({ worlds: found }: Compared['comparison']): boolean {
  return worlds.some((world) => directions.some((direction) => found[world][direction].verdict !== 'compatible'));
}

function verdictFor(reader: Reader, question: ReaderQuestion, tally: { left: number }): Judged {
  const part = question.isJson ? partOf(reader.statements) : everything;
  const { compared } = question;
  const broken = compared.filter(({ comparison }) => isBroken(comparison)).length;
  const asked = (part.reads ? broken : 0) + part.demands.length * compared.length;
  const isSkipped = asked > tally.left;
  if (!isSkipped) tally.left -= asked;
  const readings = isSkipped ? [{}] : readingsOf(part);
  // of the newest version that breaks it each field is asked; of older ones that would say little more
  let byField = true;
  const found = compared.map(({ version, comparison }) => {
    const options = {
      formats: question.formats,
      ignore: question.ignore,
      confirm,
      byField,
      whole: comparison.worlds,
    };
    const verdicts = question.isJson
      ? allOf(
          readings.map((reading) => compareReader(question.documentOf(version), question.document, reading, options)),
        )
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
    reading: kindOf(part, reader),
    verdict: worst(enforcedDirections(question.level).map((direction) => merged[question.world][direction].verdict)),
    worlds: merged,
    ...(kept && kept.verdicts.ties.length > 0 && { ties: kept.verdicts.ties.map(tieText) }),
    ...(kept?.verdicts.whole && { whole: kept.verdicts.whole }),
    ...(isSkipped && { whole: tooMany }),
  };
  return { reader, part, report, ...(already && { already }) };
}

const everything: ReadPart = { reads: undefined, demands: [] };
const noFields = { backward: [], forward: [] };

/** Each is asked for itself. Who only demands is not asked about fields. */
function readingsOf({ reads, demands }: ReadPart): readonly Reading[] {
  const demanded = demands.map((requires) => ({ requires }));
  if (reads === undefined) return [{}, ...demanded];
  return reads.length === 0 && demands.length > 0 ? demanded : [{ reads }, ...demanded];
}

/** A reader breaks where one of its readings does. */
function allOf(verdicts: readonly ReaderVerdicts[]): ReaderVerdicts {
  const [first, ...others] = verdicts;
  if (first === undefined) throw new Error('a reader has a reading');
  if (others.length === 0) return first;
  const of = (world: World) => ({
    backward: worstOf(verdicts.map(({ worlds: found }) => found[world].backward)),
    forward: worstOf(verdicts.map(({ worlds: found }) => found[world].forward)),
  });
  const whole = verdicts.find((one) => one.whole !== undefined)?.whole;
  const already = verdicts.find((one) => one.already !== undefined)?.already;
  return {
    worlds: { closed: of('closed'), open: of('open') },
    fields: { backward: fieldsOf(verdicts, 'backward'), forward: fieldsOf(verdicts, 'forward') },
    ties: verdicts.flatMap(({ ties }) => ties),
    ...(whole && { whole }),
    ...(already && { already }),
  };
}

function worstOf(found: readonly DirectionReport[]): DirectionReport {
  const verdict = worst(found.map((one) => one.verdict));
  return found.find((one) => one.verdict === verdict) ?? { verdict, steps: 0 };
}

/** None where one of them breaks and cannot say where. */
function fieldsOf(verdicts: readonly ReaderVerdicts[], direction: Direction): readonly string[] {
  const broken = verdicts.filter(({ worlds: found }) =>
    worlds.some((world) => found[world][direction].verdict !== 'compatible'),
  );
  if (broken.some(({ fields }) => fields[direction].length === 0)) return [];
  return [...new Set(broken.flatMap(({ fields }) => fields[direction]))];
}

function tieText({ place, keyword }: { readonly place: readonly string[]; readonly keyword: string }) {
  return { place: append('', ...place), keyword };
}

function kindOf({ reads, demands }: ReadPart, { statements }: Reader): ReaderReport['reading'] {
  if (reads === undefined) return 'everything';
  if (demands.length > 0) return 'schema';
  return statements.some((one) => one.reads !== undefined) ? 'fields' : 'samples';
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
