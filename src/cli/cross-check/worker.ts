/** Runs json-schema-diff in a thread of its own: its running time is exponential, and a thread can be ended. */
import { parentPort, workerData } from 'node:worker_threads';
import differ from 'json-schema-diff';
import type { JsonObject } from '../../schema/json.ts';

const { previous, next } = workerData as { readonly previous: JsonObject; readonly next: JsonObject };
const { additionsFound, removalsFound } = await differ.diffSchemas({ sourceSchema: previous, destinationSchema: next });
parentPort?.postMessage({ additionsFound, removalsFound });
