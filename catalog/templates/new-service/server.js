import { createServer } from 'node:http';

createServer((_request, response) => {
  response.end('${{ values.name }} is well\n');
}).listen(Number(process.env.PORT ?? 8080));
