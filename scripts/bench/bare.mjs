/** The yardstick of look-ups: node:http and nothing else, returning the bytes it is given. */
import { createServer } from 'node:http';

const text = process.argv[2] ?? '';
const length = Buffer.byteLength(text);
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': length });
  response.end(text);
});
server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
