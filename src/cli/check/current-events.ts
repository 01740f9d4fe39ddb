/** The events of each catalog in a folder as they stand, for output about a catalog as a whole. */
import { Fault } from '../../errors.ts';
import { eventSensitivity } from '../../policy/effective.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { type Contract, readContract } from '../../schema/contract.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { Io } from '../io.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';
import { type Prepared, prepare } from './prepared.ts';

export interface CurrentEvent {
  readonly subject: string;
  readonly stage: 'active';
  readonly document: SchemaDocument;
  readonly contract: Contract;
  readonly producer?: string;
  /** Services the contract names; under both words, as a data map and access call them. */
  readonly consumers: readonly string[];
  readonly receivers: readonly string[];
  readonly classification?: string;
}

export interface CurrentCatalog {
  readonly catalog: Catalog;
  readonly events: readonly CurrentEvent[];
}

export async function currentEvents(paths: readonly string[], io: Io): Promise<readonly CurrentCatalog[]> {
  const named = await namedPaths(io, paths);
  const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), named, moduleRunner(io.cwd));
  const found = collections.filter(({ folder }) => folder !== undefined);
  if (found.length === 0)
    throw new Fault(
      'INPUT_UNREADABLE',
      {},
      { message: `There is no catalog.json in ${named.map(folderName).join(', ')}. "herald init" writes one.` },
    );
  return found.map((collection) => ({
    catalog: collection.catalog,
    events: prepare(collection).map((prepared) => eventOf(collection.catalog, prepared)),
  }));
}

function eventOf(catalog: Catalog, { subject, definition, parsed, document }: Prepared): CurrentEvent {
  if (!parsed.ok)
    throw new Fault(
      'SCHEMA_INVALID',
      {},
      { message: `${definition.file} is no schema; "herald check ${definition.file}" says why.` },
    );
  const { contract } = readContract(document.root);
  const consumers = (contract.consumers ?? []).map(({ service }) => service);
  const { classification } = eventSensitivity(document, contract, parseSubject(subject), catalog);
  return {
    subject,
    stage: 'active',
    document,
    contract,
    ...(contract.producer !== undefined && { producer: contract.producer }),
    consumers,
    receivers: consumers,
    ...(classification !== undefined && { classification }),
  };
}

function folderName(path: string): string {
  return path === '.' ? 'the working folder' : path;
}
