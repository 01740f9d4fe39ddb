/** `herald validate`: events against a schema file, or a registered subject. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { asWriter, type WriterVerdict } from '../../compat/decide/as-writer.ts';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { parseSchema, type Source } from '../../schema/parse.ts';
import { parseSubject } from '../../schema/subject.ts';
import { compileValidator } from '../../schema/validator.ts';
import { registryApi, subjectPath } from '../api.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { visible } from '../output/visible.ts';
import { moduleRunner } from '../source/module.ts';
import { definitionIn } from '../source/required.ts';

/** Where and why an event is refused. Never its values. */
interface Refusal {
  readonly instancePointer: string;
  readonly keyword: string;
  readonly schemaPointer: string;
  readonly params?: Readonly<Record<string, Json>>;
  /** In the registry's words. */
  readonly message?: string;
}

/** For example: `/amount breaks "minimum" limit 0 (#/properties/amount/minimum)`. */
function explanation({ instancePointer, keyword, schemaPointer, params = {}, message }: Refusal): string {
  if (message !== undefined) return `${instancePointer === '' ? 'the event' : instancePointer} ${message} (${keyword})`;
  const wanted = Object.entries(params).map(([name, value]) => ` ${name} ${JSON.stringify(value)}`);
  return `${instancePointer === '' ? 'the event' : instancePointer} breaks "${keyword}"${wanted.join(',')} (#${schemaPointer})`;
}

type ValidateEvents = (events: readonly Json[]) => Promise<readonly (readonly Refusal[])[]>;

export async function runValidate(input: Input, io: Io): Promise<ExitCode> {
  const isWhole = flag(input, 'event');
  const [target = '', ...rest] = input.positionals;
  const files = isWhole ? input.positionals : rest;
  if (files.length === 0) throw wrongUse('Name the files that hold the events, after the subject or schema file.');
  const validate = isWhole ? wholeEventValidator(input, io) : await validatorFor(target, input, io);
  let refused = 0;
  let total = 0;
  for (const file of files) {
    const events = await readEvents(file, io);
    const outcomes = await validate(events.map(({ value }) => value));
    for (const [index, refusals] of outcomes.entries()) {
      total += 1;
      if (refusals.length === 0) continue;
      refused += 1;
      for (const refusal of refusals) io.out(`${file}:${events[index]?.line ?? 1}: ${visible(explanation(refusal))}\n`);
    }
  }
  io.out(`${total - refused} of ${total} event${total === 1 ? '' : 's'} valid\n`);
  return refused === 0 ? 0 : 1;
}

async function validatorFor(target: string, input: Input, io: Io): Promise<ValidateEvents> {
  const path = resolve(io.cwd, target);
  const file = await stat(path).catch(() => undefined);
  return file?.isFile()
    ? fileValidator(target, await readFile(path, 'utf8'), input, io)
    : registryValidator(target, input, io);
}

async function fileValidator(path: string, content: string, input: Input, io: Io): Promise<ValidateEvents> {
  const definition = await definitionIn({ path, text: content }, moduleRunner(io.cwd));
  return schemaValidator(path, definition.source, flag(input, 'as-writer'));
}

function schemaValidator(name: string, source: Source, writer: boolean): ValidateEvents {
  const parsed = parseSchema(source);
  const compiled = parsed.ok ? compileValidator(parsed.document) : parsed;
  if (!parsed.ok || !compiled.ok) {
    const refused = parsed.ok ? compiled : parsed;
    const problems = (refused.ok ? [] : refused.problems).map(({ pointer, message }) => ({ pointer, message }));
    throw new Fault(
      'SCHEMA_INVALID',
      { problems },
      { message: `${name} is not a schema that events can be validated against:` },
    );
  }
  const validate = (event: Json): readonly Refusal[] => {
    const refusals = compiled.validator.validate(event);
    return refusals.length === 0 && writer ? undeclared(asWriter(parsed.document, event)) : refusals;
  };
  return (events) => Promise.resolve(events.map(validate));
}

/** What a writer may not send, as refusals of the schema's own. */
function undeclared(verdict: WriterVerdict): readonly Refusal[] {
  if (verdict.allowed === true) return [];
  const at = (instancePointer: string): Refusal => ({
    instancePointer,
    keyword: 'undeclared member',
    schemaPointer: '',
  });
  if (verdict.allowed === 'unknown')
    return [{ instancePointer: '', keyword: 'undecided as writer', schemaPointer: '' }];
  return verdict.undeclared.length === 0 ? [at('')] : verdict.undeclared.map(at);
}

function registryValidator(subject: string, input: Input, io: Io): ValidateEvents {
  const catalog = text(input, 'catalog');
  if (!parseSubject(subject))
    throw new Fault('INPUT_UNREADABLE', {}, { message: `There is no file "${subject}", and it is no subject name.` });
  if (catalog === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      {
        message: `There is no file "${subject}". To validate against a registered subject, name its catalog with --catalog.`,
      },
    );
  const api = registryApi(input, io);
  const version = `${subjectPath(catalog, subject)}/versions/${encodeURIComponent(text(input, 'version') ?? 'latest')}`;
  if (flag(input, 'as-writer'))
    return async (events) => {
      const source = { text: (await api.call('GET', `${version}/artifacts/schema.json`)).text };
      return schemaValidator(subject, source, true)(events);
    };
  const path = `${version}/validate`;
  return async (events) => {
    const outcomes: (readonly Refusal[])[] = [];
    for (const event of events) {
      const { json } = await api.call('POST', path, JSON.stringify(event));
      outcomes.push(isArray(json.errors) ? json.errors.filter(isObject).map(refusal) : []);
    }
    return outcomes;
  };
}

function refusal(row: Readonly<Record<string, Json>>): Refusal {
  return {
    instancePointer: String(row.instancePointer),
    keyword: String(row.keyword),
    schemaPointer: String(row.schemaPointer),
  };
}

/** Envelope, sender and payload at once, each event under the subject it names or the one that was named for all. */
function wholeEventValidator(input: Input, io: Io): ValidateEvents {
  const catalog = text(input, 'catalog');
  const subject = text(input, 'subject');
  if (catalog === undefined) throw wrongUse('Whole events are held against a catalog: name it with --catalog.');
  if (flag(input, 'as-writer') || text(input, 'version') !== undefined)
    throw wrongUse('--as-writer and --version are about payloads; leave them or --event out.');
  const api = registryApi(input, io);
  const query = subject === undefined ? '' : `?subject=${encodeURIComponent(subject)}`;
  const path = `/v1/catalogs/${encodeURIComponent(catalog)}/validate${query}`;
  return async (events) => {
    const outcomes: (readonly Refusal[])[] = [];
    for (const event of events) {
      const { json } = await api.call('POST', path, JSON.stringify(event));
      const errors = isArray(json.errors) ? json.errors.filter(isObject) : [];
      outcomes.push(errors.map((row) => ({ ...refusal(row), message: String(row.message) })));
    }
    return outcomes;
  };
}

function wrongUse(message: string): Fault {
  return new Fault('USAGE_INVALID', {}, { message });
}

/** One JSON value, an array's items as events of their own, or one event a line. */
async function readEvents(file: string, io: Io): Promise<readonly { readonly value: Json; readonly line: number }[]> {
  const content =
    file === '-'
      ? await io.input()
      : await readFile(resolve(io.cwd, file), 'utf8').catch((cause: unknown) => unreadable(file, cause));
  try {
    const whole: Json = JSON.parse(content);
    return (isArray(whole) ? whole : [whole]).map((value) => ({ value, line: 1 }));
  } catch {
    // not one value: then one value a line
  }
  const lines = content.split('\n').map((line, index) => ({ line: index + 1, text: line.trim() }));
  return lines
    .filter(({ text: line }) => line !== '')
    .map(({ line, text: event }) => {
      try {
        return { value: JSON.parse(event) as Json, line };
      } catch (cause) {
        throw new Fault('INPUT_UNREADABLE', { file, line }, { message: `${file}:${line} is not JSON.`, cause });
      }
    });
}

function unreadable(file: string, cause: unknown): never {
  throw new Fault('INPUT_UNREADABLE', { file }, { message: `${file} cannot be read.`, cause });
}
