/**
 * `consumers/<service>.json` in a consumer's own repository: what the service reads of which event. Two files that speak of one
 * service and one event are refused, since nobody could tell which counts.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { readingShape } from '../../schema/contract.ts';
import { issueText } from '../../schema/issue-text.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { Io } from '../io.ts';
import { folderTree } from '../source/folder.ts';
import { locateInJson } from '../source/place.ts';
import { notJson, textOf } from '../source/required.ts';
import type { Tree } from '../source/tree.ts';

/** What one service says of one event. */
export interface FileReading {
  readonly file: string;
  readonly service: string;
  readonly catalog: string;
  readonly subject: string;
  readonly critical?: boolean;
  readonly reads?: readonly string[];
  readonly requires?: JsonObject;
  readonly samples?: readonly Json[];
  /** What each sample is called in messages: its file, or its number. */
  readonly sampleNames?: readonly string[];
}

const path = z.string().min(1).max(1_000);
const eventName = /^[^/\s]+\/[^/\s]+$/;
const fileShape = z.strictObject({
  $schema: z.string().optional(),
  service: z.string().min(1).max(200),
  critical: readingShape.critical,
  events: z.record(
    z.string(),
    z.strictObject({
      reads: readingShape.reads,
      requires: z.union([path, z.custom<JsonObject>((value) => isObject(value as Json))]).optional(),
      samples: readingShape.samples,
      critical: readingShape.critical,
    }),
  ),
});

type Stated = z.output<typeof fileShape>['events'][string];

export const defaultFolder = 'consumers';

export async function readConsumerFiles(
  io: Pick<Io, 'cwd'>,
  paths: readonly string[],
): Promise<readonly FileReading[]> {
  const tree = folderTree(io.cwd, 'the working folder');
  const files = (await tree.list(paths)).filter((file) => isConsumerFile(file, paths));
  if (files.length === 0)
    throw new Fault(
      'INPUT_UNREADABLE',
      {},
      {
        message: `There is no consumer's file at ${paths.join(', ')}: it is called after the service, consumers/billing.json.`,
      },
    );
  const readings = (await Promise.all(files.map((file) => readFileOf(tree, file)))).flat();
  refuseTwice(readings);
  return readings;
}

/** Of a folder the JSON files right in it: what lies deeper are schemas and samples that those name. */
function isConsumerFile(file: string, paths: readonly string[]): boolean {
  return file.endsWith('.json') && paths.some((named) => file === named || dirname(file) === named.replace(/\/+$/, ''));
}

async function readFileOf(tree: Tree, file: string): Promise<readonly FileReading[]> {
  const parsed = fileShape.safeParse(await jsonAt(tree, file, file));
  if (!parsed.success) {
    const text = textOf(file, (await tree.read([file])).get(file) ?? { text: '' });
    const lines = parsed.error.issues.map((issue) => {
      const pointer = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
      return `${file}:${locateInJson(text)(pointer).line} ${pointer || 'it'} ${issueText(issue)}`;
    });
    throw new Fault('INPUT_UNREADABLE', { file }, { message: lines.join('\n') });
  }
  const { service, critical, events } = parsed.data;
  const unnamed = Object.keys(events).find((event) => !eventName.test(event));
  if (unnamed !== undefined)
    throw new Fault(
      'INPUT_UNREADABLE',
      { file },
      { message: `${file} names the event "${unnamed}": write CATALOG/SUBJECT, such as shop/order.placed.` },
    );
  return Promise.all(
    Object.entries(events).map(async ([event, stated]): Promise<FileReading> => {
      const [catalog = '', subject = ''] = event.split('/');
      const isCritical = stated.critical ?? critical;
      return {
        file,
        service,
        catalog,
        subject,
        ...(isCritical !== undefined && { critical: isCritical }),
        ...(stated.reads && { reads: stated.reads }),
        ...(await demandOf(tree, file, stated)),
        ...(await samplesOf(tree, file, stated)),
      };
    }),
  );
}

async function demandOf(tree: Tree, file: string, { requires }: Stated): Promise<Pick<FileReading, 'requires'>> {
  if (requires === undefined) return {};
  if (typeof requires !== 'string') return { requires };
  const read = await jsonAt(tree, beside(file, requires), file);
  if (isObject(read)) return { requires: read };
  throw new Fault('INPUT_UNREADABLE', { file }, { message: `${beside(file, requires)} is no JSON Schema.` });
}

/** A sample that is a text names a file: one event, or a list of them. */
async function samplesOf(
  tree: Tree,
  file: string,
  { samples }: Stated,
): Promise<Pick<FileReading, 'samples' | 'sampleNames'>> {
  if (samples === undefined) return {};
  const found = await Promise.all(
    samples.map(async (sample, index) => {
      if (typeof sample !== 'string') return [{ name: `sample ${index + 1}`, event: sample }];
      const read = await jsonAt(tree, beside(file, sample), file);
      return isArray(read)
        ? read.map((event, at) => ({ name: `${sample}#${at + 1}`, event }))
        : [{ name: sample, event: read }];
    }),
  );
  const all = found.flat();
  return { samples: all.map(({ event }) => event), sampleNames: all.map(({ name }) => name) };
}

function beside(file: string, named: string): string {
  return join(dirname(file), named);
}

async function jsonAt(tree: Tree, file: string, from: string): Promise<Json> {
  const decoded = (await tree.read([file])).get(file);
  if (decoded === undefined)
    throw new Fault('INPUT_UNREADABLE', { file }, { message: `${from} names ${file}, which is not there.` });
  const text = textOf(file, decoded);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('INPUT_UNREADABLE', { file }, { message: notJson(file, text), cause });
  }
}

function refuseTwice(readings: readonly FileReading[]): void {
  const seen = new Map<string, string>();
  for (const { file, service, catalog, subject } of readings) {
    const key = JSON.stringify([service, catalog, subject]);
    const other = seen.get(key);
    if (other !== undefined)
      throw new Fault(
        'INPUT_UNREADABLE',
        { file },
        { message: `${other} and ${file} both say what ${service} reads of ${catalog}/${subject}: make them one.` },
      );
    seen.set(key, file);
  }
}
