/** Who reads a subject: whom the contract names, who says so itself, and who was seen. What a service says of itself counts. */
import type { Contract } from '../../schema/contract.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { expanded } from '../../schema/group-members.ts';
import type { Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import type { KnownReader, Rules } from '../input.ts';
import type { ReaderReport } from '../report.ts';

export interface Reader extends Omit<KnownReader, 'origin' | 'requires'> {
  readonly origin: ReaderReport['origin'];
  readonly critical: boolean;
  /** Read; absent too where what is stated is no schema. */
  readonly demand?: SchemaDocument;
  readonly problem?: string;
}

/** By name. `contract`: of the version that readers have now; `next`: of the candidate, for those who are new. */
export function knownReaders(
  contract: Contract,
  next: Contract,
  { catalog, readers = [], seen, limits }: Rules,
): readonly Reader[] {
  const found = new Map<string, Reader>();
  const named = ({ consumers = [], producer }: Contract) => expanded(catalog, consumers, producer);
  const stated = [...named(next), ...named(contract)];
  for (const consumer of stated) found.set(consumer.service, readerOf({ ...consumer, origin: 'contract' }, limits));
  for (const known of readers) found.set(known.service, readerOf(known, limits));
  for (const service of seen?.services ?? [])
    if (!found.has(service)) found.set(service, { service, origin: 'seen', critical: false });
  return [...found.values()].toSorted((one, other) => (one.service < other.service ? -1 : 1));
}

type Stated = Omit<KnownReader, 'origin'> & { readonly origin: Reader['origin'] };

function readerOf({ requires, critical = false, ...stated }: Stated, limits: Limits): Reader {
  const read = requires === undefined ? undefined : demandOf(requires, limits);
  return { ...stated, critical, ...read };
}

function demandOf(value: Json, limits: Limits): Pick<Reader, 'demand' | 'problem'> {
  const parsed = parseSchema({ value }, { limits });
  if (parsed.ok) return { demand: parsed.document };
  const [first] = parsed.problems;
  return { problem: `${first?.pointer ? `${first.pointer} ` : ''}${first?.message ?? 'is no schema'}` };
}
