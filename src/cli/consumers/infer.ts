/** `herald consume infer`: what the code of a service reads, as its file; or whether its file says all of it. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fieldsOf } from '../../compat/reading/samples.ts';
import { Fault } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import { openProject } from '../infer/compiler.ts';
import { beyond, type Inferred, inferred, unread } from '../infer/inferred.ts';
import { type Reading, readingsOf } from '../infer/readings.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { visible } from '../output/visible.ts';
import { defaultFolder, type FileReading, readConsumerFiles } from './files.ts';

export async function runInfer(input: Input, named: string | undefined, io: Io): Promise<ExitCode> {
  const service = text(input, 'service');
  if (service === undefined)
    throw new Fault('USAGE_INVALID', {}, { message: 'Say whose code it is: herald consume infer --service billing.' });
  const file = named ?? `${defaultFolder}/${service}.json`;
  const config = text(input, 'project') ?? 'tsconfig.json';
  const readings = readingsOf(openProject(io.cwd, config));
  if (readings.events.length === 0)
    throw new Fault(
      'INPUT_UNREADABLE',
      { file: config },
      {
        message: `No file of ${config} uses types that Herald made: generate them with "herald generate" or "herald pull", and let the code import them.`,
      },
    );
  const found = inferred(readings);
  const untouched = readings.events.filter((event) => !found.some((one) => one.event === event));
  for (const event of untouched) io.err(`herald: no code reads a field of ${visible(event)}; it is left out\n`);
  if (flag(input, 'check')) return checkFile(found, await readConsumerFiles(io, [file]), { service, file }, io);
  explain(found, io);
  const stated = await statedAt(io, file);
  const made = `${JSON.stringify(merged(service, stated, found), null, 2)}\n`;
  if (!flag(input, 'write')) {
    io.out(made);
    return 0;
  }
  const path = join(io.cwd, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, made);
  io.out(`wrote ${visible(file)}: ${plural(found.length, 'event')}\n`);
  return 0;
}

/** Where more of an event counts as read than its fields, the code says why. */
function explain(found: readonly Inferred[], io: Io): void {
  for (const { event, because } of found) {
    const whole = because.filter(({ how }) => how === 'whole');
    if (whole.length === 0) continue;
    io.err(
      `herald: of ${visible(event)} more counts as read than the fields that are named, since it leaves their types:\n`,
    );
    for (const one of whole) io.err(`  ${visible(placeText(one))}\n`);
  }
}

function placeText({ file, line, pointer, because }: Reading): string {
  return `${file}:${line} ${pointer === '' ? 'the event' : pointer}${because === undefined ? '' : `: ${because}`}`;
}

async function statedAt({ cwd }: Io, file: string): Promise<JsonObject> {
  const path = join(cwd, file);
  if (!existsSync(path)) return {};
  const read: Json = JSON.parse(await readFile(path, 'utf8').then(asJsonText(file)));
  return isObject(read) ? read : {};
}

function asJsonText(file: string) {
  return (content: string): string => {
    try {
      JSON.parse(content);
      return content;
    } catch (cause) {
      throw new Fault(
        'INPUT_UNREADABLE',
        { file },
        { message: `${file} is no JSON: mend it, or take it away.`, cause },
      );
    }
  };
}

/** What the file says beside the fields stays: samples, what is required, what is critical, other events. */
function merged(service: string, stated: JsonObject, found: readonly Inferred[]): JsonObject {
  const events = isObject(stated.events) ? stated.events : {};
  const known = new Map(Object.entries(events));
  for (const { event, reads } of found) {
    const before = known.get(event);
    const { reads: _, ...kept } = isObject(before) ? before : {};
    known.set(event, reads === undefined ? kept : { reads, ...kept });
  }
  return {
    ...stated,
    service,
    events: Object.fromEntries([...known].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

function checkFile(
  found: readonly Inferred[],
  files: readonly FileReading[],
  { service, file }: { readonly service: string; readonly file: string },
  io: Io,
): ExitCode {
  const problems = found.flatMap((one) => {
    const said = files.find((each) => each.service === service && `${each.catalog}/${each.subject}` === one.event);
    if (said === undefined) return [`${file} does not say that ${service} reads ${one.event}: ${firstOf(one)}`];
    if (said.requires && said.reads === undefined) {
      io.err(`herald: ${visible(one.event)}: what is required cannot be held against the fields that the code reads\n`);
      return [];
    }
    const declared = said.reads ?? (said.samples && fieldsOf(said.samples));
    const idle = unread(one, declared);
    if (idle.length > 0)
      io.err(
        `herald: no code reads ${visible(`${idle.join(', ')} of ${one.event}`)}, which ${visible(file)} declares\n`,
      );
    return beyond(one, declared).map(
      (reading) => `${placeText(reading)} is read of ${one.event}, and ${file} does not declare it`,
    );
  });
  for (const problem of new Set(problems)) io.out(`✗ ${visible(problem)}\n`);
  if (problems.length > 0) return 1;
  io.out(`✓ ${visible(`${file} declares all that the code reads of ${plural(found.length, 'event')}`)}\n`);
  return 0;
}

function firstOf({ because: [first] }: Inferred): string {
  return first ? placeText(first) : 'it does';
}
