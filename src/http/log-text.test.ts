import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function printed(level: string, form: 'json' | 'text' | 'terminal', say: (log: ReturnType<typeof createLog>) => void) {
  let text = '';
  const to = {
    write: (line: string) => {
      text += line;
    },
  };
  say(createLog({ level, form }, to));
  return text;
}

const request = {
  correlationId: 'c-1',
  traceId: 't',
  spanId: 's',
  route: 'getVersion',
  method: 'GET',
  status: 200,
  ms: 1.5,
};

test('a line for people has its time, level, message and facts', () => {
  const text = printed('info', 'text', (log) =>
    log.info('listening', { url: 'http://127.0.0.1:8080', storage: 'a folder' }),
  );
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}listening url=http:\/\/127\.0\.0\.1:8080 storage="a folder"\n$/);
});

test('on a terminal it clears what a progress line has drawn', () => {
  expect(printed('info', 'terminal', (log) => log.info('closing')).startsWith('\r\u001b[2K')).toBe(true);
});

test('an error stands below its line with its causes', () => {
  const text = printed('info', 'text', (log) =>
    log.warn('usage counts could not be written', new Error('no', { cause: new TypeError('why') })),
  );
  expect(text).toMatch(
    /usage counts could not be written\n {2}Error: no\n {4}at [\s\S]*\n {2}caused by\n {4}TypeError: why\n/,
  );
});

test('each request has a line at debug only, but for those that fail or are refused for their credentials', () => {
  const say = (log: ReturnType<typeof createLog>) => {
    log.request(request);
    log.request({ ...request, status: 404, fault: 'VERSION_NOT_FOUND' });
    log.request({ ...request, status: 500, fault: 'INTERNAL' });
    log.request({ ...request, status: 401, fault: 'UNAUTHENTICATED', refused: { reason: 'forged' } });
  };
  const statuses = (level: string) =>
    printed(level, 'json', say)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).status);
  expect(statuses('debug')).toEqual([200, 404, 500, 401]);
  expect(statuses('info')).toEqual([500, 401]);
});

test('for machines a line is JSON', () => {
  const line = printed('info', 'json', (log) => log.info('listening', { url: 'u' }));
  expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: 'listening', url: 'u' });
});
