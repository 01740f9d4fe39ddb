/**
 * The metrics of several processes behind one port: a scrape reaches one of them, and the reply covers all that serve. A process
 * that is starting or ending is left out.
 */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

type Figures = readonly MetricObjectWithValues<MetricValue<string>>[];

/** From a process to the first one: asks for the figures of all; and back, the text. */
interface Scrape {
  readonly herald: 'scrape';
  readonly id: number;
  readonly text?: string;
}

/** From the first process to each: asks for its own figures; and back, with them. */
interface Share {
  readonly herald: 'share';
  readonly id: number;
  readonly figures?: Figures;
}

type Message = Partial<Scrape | Share> | undefined;

/** A process that has not answered by then is left out. */
const shareTimeoutMs = 3_000;

/** In the first process: from now on the others may ask. */
export function giveMetricsOfAll(): void {
  const serving = new Set<Worker>();
  cluster.on('listening', (worker) => serving.add(worker));
  cluster.on('disconnect', (worker) => serving.delete(worker));
  cluster.on('exit', (worker) => serving.delete(worker));
  cluster.on('message', async (asking: Worker, message: Message) => {
    if (message?.herald !== 'scrape' || message.id === undefined) return;
    const shares = await Promise.all([...serving].map((worker) => shareOf(worker)));
    const text = await AggregatorRegistry.aggregate(shares.filter((share) => share !== undefined)).metrics();
    if (asking.isConnected()) asking.send({ herald: 'scrape', id: message.id, text } satisfies Scrape);
  });
}

let scrapes = 0;

function shareOf(worker: Worker): Promise<Figures | undefined> {
  scrapes += 1;
  const id = scrapes;
  return new Promise((resolve) => {
    const done = (figures?: Figures) => {
      clearTimeout(late);
      worker.off('message', hear);
      resolve(figures);
    };
    const hear = (message: Message) => {
      if (message?.herald === 'share' && message.id === id) done(message.figures);
    };
    const late = setTimeout(done, shareTimeoutMs);
    worker.on('message', hear);
    worker.send({ herald: 'share', id } satisfies Share, (error) => error && done());
  });
}

/** In one of several processes: the reply to a scrape. Undefined where there is only one process. */
export function metricsOfAll(own: Registry): (() => Promise<string>) | undefined {
  if (!cluster.isWorker) return undefined;
  process.on('message', async (message: Message) => {
    if (message?.herald !== 'share' || message.id === undefined) return;
    process.send?.({ herald: 'share', id: message.id, figures: await own.getMetricsAsJSON() } satisfies Share);
  });
  return () => {
    scrapes += 1;
    const id = scrapes;
    return new Promise((resolve) => {
      const hear = (message: Message) => {
        if (message?.herald !== 'scrape' || message.id !== id || message.text === undefined) return;
        process.off('message', hear);
        resolve(message.text);
      };
      process.on('message', hear);
      process.send?.({ herald: 'scrape', id } satisfies Scrape);
    });
  };
}
