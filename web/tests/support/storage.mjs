// What the page keeps in the browser, looked at and damaged behind its back. In: a page at its address. Not its
// job: what the page makes of it.

import { shows } from './eventually.mjs';

/** Does something with the page's store: `work`, in text, gets the store, `given`, and the id of the tab's work, and
 * gives a request or nothing. */
function inStore(page, mode, work, given) {
  return page.evaluate(
    async ([mode, work, given]) => {
      const asked = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
      const database = await asked(indexedDB.open('meld'));
      try {
        const store = database.transaction('work', mode).objectStore('work');
        return await asked(new Function('store', 'given', 'id', `return ${work}`)(store, given, sessionStorage.getItem('meld-tab')));
      } finally {
        database.close();
      }
    },
    [mode, work, given],
  );
}

/** Waits until the page keeps inputs of these names, in this order. */
export const keeps = (page, names) => shows(() => keptNames(page), names, 'what is kept');

const keptNames = (page) =>
  page.evaluate(async () => {
    const [found] = (await indexedDB.databases()).filter(({ name }) => name === 'meld');
    if (!found) return [];
    const asked = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = reject)));
    const database = await asked(indexedDB.open('meld'));
    try {
      const work = await asked(database.transaction('work').objectStore('work').get(`work:${sessionStorage.getItem('meld-tab')}`));
      return work?.inputs.map(({ name }) => name) ?? [];
    } finally {
      database.close();
    }
  });

/** The record of the last work. */
export const workOf = (page) => inStore(page, 'readonly', 'store.get(`work:${id}`)');

/** Puts anything in the place of the record of the tab's work. */
export const putWork = (page, value) => inStore(page, 'readwrite', 'store.put(given, `work:${id}`)', value);

/** Puts anything in the place of an input's bytes. */
export const putBytes = (page, input, value) => inStore(page, 'readwrite', 'store.put(given.value, `bytes:${id}:${given.input}`)', { input, value });

export const removeWork = (page) => inStore(page, 'readwrite', 'store.delete(`work:${id}`)');
export const removeBytes = (page, input) => inStore(page, 'readwrite', 'store.delete(`bytes:${id}:${given}`)', input);

/** Puts anything under a key. */
export const put = (page, key, value) => inStore(page, 'readwrite', 'store.put(given.value, given.key)', { key, value });

/** Puts another program's database in the place of the page's. */
export const replaceDatabase = (page, keyPath) =>
  page.evaluate(
    async (keyPath) => {
      const asked = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
      await asked(indexedDB.deleteDatabase('meld'));
      const request = indexedDB.open('meld', 3);
      request.onupgradeneeded = () => (keyPath ? request.result.createObjectStore('work', { keyPath }) : request.result.createObjectStore('other'));
      (await asked(request)).close();
    },
    keyPath,
  );
