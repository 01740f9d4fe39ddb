/** The yardstick of validations over HTTP: node:http, JSON.parse and Ajv, and nothing else. */
import { createServer } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';

const validate = new Ajv2020().compile(JSON.parse(process.argv[2] ?? 'true'));
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const valid = validate(JSON.parse(Buffer.concat(chunks).toString()));
    const text = JSON.stringify({ valid, errors: validate.errors ?? [] });
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
