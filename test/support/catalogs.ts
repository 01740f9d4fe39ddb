/** The catalogs in `schemas/` as values: every file of a folder read, TypeScript ones through their default export. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { DefinedEvent } from '../../src/index.ts';
import { type Catalog, readCatalog } from '../../src/schema/catalog.ts';
import { type Contract, readContract } from '../../src/schema/contract.ts';
import type { SchemaDocument } from '../../src/schema/document.ts';
import type { Json } from '../../src/schema/json.ts';
import { registryLimits } from '../../src/schema/limits.ts';
import { parseSchema } from '../../src/schema/parse.ts';

const root = new URL('../../schemas/', import.meta.url);

export const catalogNames: readonly string[] = readdirSync(root).toSorted();

export interface CatalogEvent {
  readonly subject: string;
  readonly document: SchemaDocument;
  readonly contract: Contract;
}

export interface CatalogFolder {
  readonly catalog: Catalog;
  readonly events: readonly CatalogEvent[];
}

export async function catalogFolder(name: string): Promise<CatalogFolder> {
  const folder = new URL(`${name}/`, root);
  const files = readdirSync(folder).toSorted();
  const reading = readCatalog(JSON.parse(readFileSync(new URL('catalog.json', folder), 'utf8')));
  if (!reading.ok) throw new Error(`${name}: ${JSON.stringify(reading.problems)}`);
  const events: CatalogEvent[] = [];
  for (const file of files) if (file !== 'catalog.json') events.push(await eventOf(folder, file));
  return { catalog: reading.catalog, events };
}

async function eventOf(folder: URL, file: string): Promise<CatalogEvent> {
  const { subject, source } = file.endsWith('.ts') ? await defined(folder, file) : written(folder, file);
  const parsed = parseSchema(source, { limits: registryLimits });
  if (!parsed.ok) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
  const { contract, problems } = readContract(parsed.document.root);
  if (problems.length > 0) throw new Error(`${file}: ${JSON.stringify(problems)}`);
  return { subject, document: parsed.document, contract };
}

function written(folder: URL, file: string): { subject: string; source: { text: string } } {
  return { subject: basename(file, '.json'), source: { text: readFileSync(new URL(file, folder), 'utf8') } };
}

async function defined(folder: URL, file: string): Promise<{ subject: string; source: { value: Json } }> {
  const module: { default: DefinedEvent } = await import(/* @vite-ignore */ new URL(file, folder).href);
  const { subject, document } = module.default;
  if (subject !== basename(file, '.ts')) throw new Error(`${file} defines ${subject}`);
  return { subject, source: { value: document } };
}
