/** A process of its own that asks /livez again and again on one connection: how long its answers take is how long others wait. */
import { Agent, get } from 'node:http';

const [url, everyMs = '20'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let times = [];
let failures = 0;

function once() {
  const began = performance.now();
  return new Promise((resolve) => {
    const request = get(`${url}/livez`, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        times.push(performance.now() - began);
        resolve();
      });
    });
    request.on('error', () => {
      failures += 1;
      resolve();
    });
  });
}

process.on('message', () => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.POSITIVE_INFINITY;
  process.send({ asked: sorted.length, failures, p99: at(0.99), longest: at(1) });
  times = [];
  failures = 0;
});

for (;;) {
  await once();
  await new Promise((resolve) => setTimeout(resolve, Number(everyMs)));
}
