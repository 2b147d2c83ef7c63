// A server of static files. In: folders, and the paths under which they are. Out: its address. Not its
// job: what the files are.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** A path of the page's own, as it has in any web space. */
const BASE = '/some/where/';
const TYPES = {
  '.css': 'text/css',
  '.gz': 'application/gzip',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Serves the page in `folder`. */
export async function serve(folder) {
  const { origin, stop } = await serveAll({ [BASE]: folder });
  return { address: `${origin}${BASE}`, stop };
}

/** Addresses that begin with a key of `folders` are files of that folder; the first key that fits counts. */
export async function serveAll(folders) {
  const server = createServer(async (request, response) => {
    const pathname = decodeURIComponent(new URL(request.url, 'http://server').pathname);
    const [prefix, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix)) ?? [];
    const file = folder && join(folder, normalize(`/${pathname.slice(prefix.length) || 'index.html'}`));
    const found = file && (await stat(file).catch(() => null));
    if (!found?.isFile()) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
    createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
