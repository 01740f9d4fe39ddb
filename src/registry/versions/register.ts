/**
 * Registration: an attempt, and another one where somebody else changed the subject meanwhile. Nothing slips in between a check and
 * what is written, nothing is announced that is not stored, and repeating a request that timed out is safe.
 */
import { Fault } from '../../errors.ts';
import type { Context } from '../context.ts';
import { proveAgain, recordProofs } from '../deprecation/prove-again.ts';
import type { Transaction } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import { inGroup, inTransaction, recordingRefusal } from '../refusal.ts';
import type { CheckInput } from './check.ts';
import { createLine, type Line } from './line.ts';
import { registerTogether } from './register-together.ts';
import {
  type Asked,
  attempt,
  BasisChanged,
  isShort,
  lineKey,
  lockSubject,
  type Registered,
  refusalOf,
  write,
} from './registration.ts';
import { inputOfStated, type StatedDefinition } from './stated.ts';

/** Times a check is done again because another process changed the subject meanwhile. */
const maxAttempts = 5;

export async function register(context: Context, input: CheckInput): Promise<Registered> {
  return registering(context, input, async () => input);
}

/** What it uses by name is found first; a reference that leads nowhere is a refusal like any other. */
export async function registerStated(context: Context, stated: StatedDefinition): Promise<Registered> {
  return registering(context, stated, () => inputOfStated(context.store, context.limits, stated));
}

async function registering(
  context: Context,
  { catalog, subject }: Pick<CheckInput, 'catalog' | 'subject'>,
  inputOf: () => Promise<CheckInput>,
): Promise<Registered> {
  const about = { action: 'version.register', catalog, subject };
  const work = async () => {
    const asked = { context, about, input: await inputOf() };
    const line = lineOf(context.store);
    const key = JSON.stringify([catalog, subject]);
    const first = line.has(key) ? undefined : await registerOnce(asked);
    return first ?? line.join(key, asked);
  };
  return recordingRefusal(context, about, work, refusalOf);
}

/** Registrations that were overtaken, by the store they go to. */
const lines = new WeakMap<Context['store'], Line<Asked, Registered>>();

function lineOf(store: Context['store']): Line<Asked, Registered> {
  const line = lines.get(store) ?? createLine(maxTogether, registerAll);
  lines.set(store, line);
  return line;
}

/** Of one subject in one transaction: what one that fails costs the others stays small. */
const maxTogether = 16;

async function registerAll(all: readonly Asked[]): Promise<readonly (() => Promise<Registered>)[]> {
  const settled = all.length > 1 ? await registerTogether(all) : new Map();
  return all.map((asked) => settled.get(asked) ?? (() => registerAgain(asked)));
}

async function registerAgain(asked: Asked): Promise<Registered> {
  const { context, input } = asked;
  for (let count = 1; count <= maxAttempts; count += 1) {
    if (context.caller.signal?.aborted) throw new Fault('CANCELLED');
    const registered = await registerOnce(asked);
    if (registered) return registered;
  }
  throw new Fault('SUBJECT_LOCKED', { catalog: input.catalog, subject: input.subject });
}

/** Undefined where what the check was based on changed before the subject was locked. */
async function registerOnce(asked: Asked): Promise<Registered | undefined> {
  const { context, input } = asked;
  const { store } = context;
  const around = await store.surroundings(input.catalog, input.subject);
  const made = await attempt(asked, store, around);
  const { report } = made;
  if (made.kind === 'same') {
    const version = await store.version(input.catalog, input.subject, made.number);
    // withdrawn meanwhile
    return version && { version, report, created: false };
  }
  const proofs = await proveAgain(context, input, around.plans);
  const isOneOfMany = input.place === undefined && proofs.length === 0 && isShort(input);
  try {
    const version = await (isOneOfMany
      ? inGroup(context, lineKey(input), async (transaction) => {
          await transaction.expectSchemas([made.report.fingerprint]);
          const locked = await lockSubject(transaction, input);
          return write(asked, made.outcome, transaction, transaction.putSchema, locked);
        })
      : inTransaction(context, async (transaction) => {
          const put = (content: Omit<SchemaRecord, 'id'>) => putContent(transaction, input, content);
          const locked = await lockSubject(transaction, input);
          const written = await write(asked, made.outcome, transaction, put, locked);
          await recordProofs(transaction, written, proofs);
          return written;
        }));
    return { version, report, created: true };
  } catch (error) {
    if (error instanceof BasisChanged) return undefined;
    throw error;
  }
}

async function putContent(
  transaction: Transaction,
  { place }: CheckInput,
  content: Omit<SchemaRecord, 'id'>,
): Promise<SchemaRecord> {
  if (place?.id === undefined) return transaction.putSchema(content);
  const schema = await transaction.putSchemaAs({ ...content, id: place.id });
  if (schema === undefined)
    throw new Fault(
      'IMPORT_CONFLICT',
      { id: place.id },
      { message: `Schema id ${place.id} is another content here, or this content has another id.` },
    );
  return schema;
}
