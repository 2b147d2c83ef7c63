// Inputs on other servers. In: an address. Out: a file, or an error that says who refuses and what to
// do instead: a browser itself tells a page almost nothing.

import type { NamedBytes } from './files';
import { messageOf } from './problem';

export async function fetchRemote(address: string): Promise<NamedBytes> {
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${address} is no address of a file on a server`);
  const answer = await ask(url);
  if (!answer.ok) throw new Error(`${url.host} answers ${answer.status} ${answer.statusText} for ${url.pathname}`);
  if (answer.headers.get('content-type')?.startsWith('text/html')) {
    throw new Error(`${url.href} is a web page and no file. It may have a link to the file itself`);
  }
  return { name: nameOf(url), bytes: new Uint8Array(await answer.arrayBuffer()), url: url.href };
}

/** The last part of the path. */
function nameOf(url: URL): string {
  const last = url.pathname.split('/').at(-1) || url.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function ask(url: URL): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'omit' });
  } catch (error) {
    throw new Error(await whyNot(url, messageOf(error)));
  }
}

async function whyNot(url: URL, message: string): Promise<string> {
  const instead = 'Download it, and drop it here';
  if (location.protocol === 'https:' && url.protocol === 'http:') return `This page came by https, and may not read ${url.href}. ${instead}`;
  if (!navigator.onLine) return `There is no network, and so no ${url.href}`;
  // What a page may not read, it may still ask for.
  const answers = await fetch(url, { mode: 'no-cors', credentials: 'omit' }).then(() => true, () => false);
  if (answers) return `${url.host} does not let other pages read its files: it sends no Access-Control-Allow-Origin. ${instead}`;
  return `${url.host} cannot be reached: ${message}`;
}
