/** A second opinion from json-schema-diff, where it has one. It never changes a verdict. */
import { Worker } from 'node:worker_threads';
import type { Comparison, Direction, Verdict } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { obstacle, plain } from './expressible.ts';

export type CrossCheck =
  /** It agrees, or does not, on each direction of the open world: it knows no other. */
  | { readonly asked: true; readonly says: Readonly<Record<Direction, Verdict>>; readonly agrees: boolean }
  | { readonly asked: false; readonly because: string };

const timeoutMs = 5_000;

export async function crossCheck(
  previous: SchemaDocument,
  next: SchemaDocument,
  comparison: Comparison,
): Promise<CrossCheck> {
  const because = obstacle(previous) ?? obstacle(next);
  if (because !== undefined) return { asked: false, because: `json-schema-diff does not handle ${because}` };
  const answer = await ask(previous, next);
  if (typeof answer === 'string') return { asked: false, because: answer };
  const verdict = (found: boolean): Verdict => (found ? 'incompatible' : 'compatible');
  // what is removed from the accepted values breaks stored events; what is added breaks old readers
  const says = { backward: verdict(answer.removalsFound), forward: verdict(answer.additionsFound) };
  const { backward, forward } = comparison.worlds.open;
  return { asked: true, says, agrees: says.backward === backward.verdict && says.forward === forward.verdict };
}

interface DiffReply {
  readonly additionsFound: boolean;
  readonly removalsFound: boolean;
}

function ask(previous: SchemaDocument, next: SchemaDocument): Promise<DiffReply | string> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { previous: plain(previous.root), next: plain(next.root) },
  });
  return new Promise((resolve) => {
    const finish = (answer: DiffReply | string) => {
      clearTimeout(timer);
      resolve(answer);
      void worker.terminate();
    };
    const timer = setTimeout(() => finish(`json-schema-diff took longer than ${timeoutMs / 1_000} s`), timeoutMs);
    worker.once('message', finish);
    worker.once('error', (error) => finish(`json-schema-diff failed: ${error.message.slice(0, 200)}`));
  });
}
