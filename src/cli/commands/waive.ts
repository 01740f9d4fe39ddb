import { Fault } from '../../errors.ts';
import { addDays, isDate } from '../../schema/duration.ts';
import { registryApi, registryOption } from '../api.ts';
import { type Command, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { maxWaiverDays } from '../source/waivers.ts';
import { surveyWorkspace } from '../source/workspace.ts';
import { addToFile, waiversPath } from '../waivers/file-waivers.ts';
import { giveWaiver } from '../waivers/registry-waivers.ts';

export const command: Command = {
  name: 'waive',
  summary: 'permits one finding of one subject until a date, in waivers.json or in a registry',
  usage: 'CATALOG/SUBJECT FINGERPRINT --reason TEXT --expires DATE [--registry URL]',
  takes: [2, 2],
  options: {
    reason: { type: 'string', value: 'TEXT', summary: 'Why it may pass; it stays in the report and the record.' },
    expires: {
      type: 'string',
      value: 'DATE',
      summary: `The last day it holds, at most ${maxWaiverDays} days from today.`,
    },
    author: { type: 'string', value: 'NAME', summary: 'Who permits it; for waivers.json. Default: the user of git.' },
    registry: {
      ...registryOption,
      summary: 'Give it to this registry, which a steward may; else waivers.json is written.',
    },
  },
  examples: ['herald waive shop/order.placed 6992…09 --reason "no consumer reads it yet" --expires 2027-03-31'],
  async run(input, io) {
    const [target = '', fingerprint = ''] = input.positionals;
    const [, catalog, subject] = /^([^/]+)\/([^/]+)$/.exec(target) ?? [];
    if (catalog === undefined || subject === undefined)
      throw misused(`"${target}" is no subject; write CATALOG/SUBJECT.`);
    if (!/^[0-9a-f]{64}$/.test(fingerprint))
      throw misused(`"${fingerprint}" is no fingerprint: 64 digits, as "herald check" prints them below a finding.`);
    const waiver = { catalog, subject, fingerprint, reason: required(input, 'reason'), expires: lastDay(input, io) };
    if (text(input, 'registry') !== undefined) {
      const api = registryApi(input, io);
      await giveWaiver(api, waiver);
      io.out(`${api.url} lets that finding of ${target} pass until ${waiver.expires}.\n`);
      return 0;
    }
    const folder = await folderOf(catalog, io);
    await addToFile(waiversPath(io.cwd, folder), { ...waiver, author: await authorOf(input, io) });
    io.out(`wrote ${folder}/waivers.json; "herald register" gives it to a registry.\n`);
    return 0;
  },
};

async function folderOf(catalog: string, io: Io): Promise<string> {
  const tree = folderTree(io.cwd, 'the working folder');
  const collections = await surveyWorkspace(tree, await namedPaths(io, []), moduleRunner(io.cwd));
  const folder = collections.find((one) => one.catalog.name === catalog)?.folder;
  if (folder === undefined)
    throw new Fault('INPUT_UNREADABLE', {}, { message: `No catalog.json here is of the catalog "${catalog}".` });
  return folder;
}

async function authorOf(input: Input, io: Io): Promise<string> {
  const stated = text(input, 'author') ?? (await io.git(['config', 'user.name'])).stdout.toString('utf8').trim();
  if (stated === '') throw misused('Say who permits it: --author NAME.');
  return stated;
}

function required(input: Input, option: string): string {
  const value = text(input, option)?.trim() ?? '';
  if (value === '') throw misused(`Say --${option}.`);
  return value;
}

function lastDay(input: Input, io: Io): string {
  const given = required(input, 'expires');
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const latest = addDays(today, maxWaiverDays);
  if (!isDate(given)) throw misused(`"${given}" is no date such as ${latest}.`);
  if (given < today || given > latest)
    throw misused(`A waiver holds until a day from ${today} to ${latest}; not ${given}.`);
  return given;
}

function misused(message: string): Fault {
  return new Fault('USAGE_INVALID', {}, { message });
}
