// The service worker of one version. It keeps that version whole, serves it without a network, and
// steps aside for a newer one only when no tab holds words that are not saved yet.
'use strict';

const VERSION = '{{VERSION}}';
const ASSETS = {{ASSETS}};
const PREFIX = 'yidang-';
const CACHE = PREFIX + VERSION;

// A tab that does not answer within this time is frozen, and a frozen tab may hold a draft.
const ANSWER_MS = 2000;

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  // The server's answers are the replica's business; a stale one here would pass for a receipt.
  if (method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/v1/')) return;
  event.respondWith(serve(event.request, pathname));
});

self.addEventListener('message', (event) => {
  if (event.data.kind === 'try') event.waitUntil(tryToTakeOver());
  if (event.data.kind === 'hello') event.waitUntil(tidy());
});

// All or nothing: half a version in the cache is worse than none.
async function fill() {
  try {
    const whole = await Promise.all(ASSETS.map(async (path) => [path, await load(path)]));
    const cache = await caches.open(CACHE);
    await Promise.all(whole.map(([path, response]) => cache.put(path, response)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function load(path) {
  // The page itself must come fresh from the server. Files of a version folder never change, so the
  // browser's own cache will do, unless a wrong answer got into it while the server was being updated.
  if (!path.startsWith('/v/')) return fetchWhole(path, 'no-cache');
  return fetchWhole(path, 'default').catch(() => fetchWhole(path, 'reload'));
}

async function fetchWhole(path, cache) {
  const response = await fetch(new Request(path, { cache }));
  const page = path === '/' || path.endsWith('.html');
  const html = (response.headers.get('content-type') ?? '').startsWith('text/html');
  // A server that answers every unknown path with the page, or a login wall in between, says 200 too.
  if (!response.ok || response.redirected || page !== html) {
    throw new Error(`${path} is not what this version lists (status ${response.status})`);
  }
  if (path === '/' && !(await response.clone().text()).includes(`/v/${VERSION}/`)) {
    throw new Error('the page belongs to another version');
  }
  return response;
}

async function serve(request, path) {
  const cache = await caches.open(CACHE);
  const ignoreVary = true;
  return (
    (await cache.match(path, { ignoreVary })) ??
    // A tab of the version before still finds its own files until it is reloaded.
    (path.startsWith('/v/') ? await caches.match(path, { ignoreVary }) : undefined) ??
    (request.mode === 'navigate' ? await cache.match('/', { ignoreVary }) : undefined) ??
    fetch(request)
  );
}

// Asks every tab of this origin which version it shows and whether it may be reloaded.
async function askTabs() {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return Promise.all(
    tabs.map(
      (tab) =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => resolve(data);
          setTimeout(() => resolve({ free: false }), ANSWER_MS);
          tab.postMessage({ kind: 'may_update' }, [port2]);
        }),
    ),
  );
}

async function tryToTakeOver() {
  const answers = await askTabs();
  if (answers.every((answer) => answer.free)) await self.skipWaiting();
}

async function takeOver() {
  await self.clients.claim();
  for (const tab of await self.clients.matchAll({ type: 'window' })) {
    tab.postMessage({ kind: 'new_version', version: VERSION });
  }
}

// Other versions go once no tab shows them any more, and never one that is just being fetched.
async function tidy() {
  const answers = await askTabs();
  if (!answers.every((answer) => answer.version === VERSION)) return;
  const names = await caches.keys();
  const { installing, waiting } = self.registration;
  if (installing || waiting) return;
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}
