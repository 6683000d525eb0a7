// The worker of the leading tab: opens the box with the device's secrets, starts the replica (wasm)
// and hands it what the tabs ask. Its own tab speaks through postMessage, the others through a
// BroadcastChannel, past the leading page: a hidden page is throttled, its worker is not.

import { kept, write } from './box.js';

const ALIVE_MS = 4000;
// As long as a tab waits for a sign (door.js): what is older was given up there already.
const PATIENCE_MS = 15_000;
const RETRY_START_MS = 3000;
const SLOWEST_WAKE_MS = 60_000;

const VERSION = new URL(import.meta.url).pathname.split('/').at(-2);
const everyone = new BroadcastChannel('yidang');

function fault(code, detail) {
  return JSON.stringify({ code, detail });
}

// ── the box: secrets encrypted with a key that JavaScript can use but never read ────────────────

const BOX = new TextEncoder().encode('yidang secrets 1');

function refusal(error, what) {
  const code = error?.name === 'QuotaExceededError' ? 'disk_full' : 'storage_refused';
  return fault(code, `${what}: ${error?.name}: ${error?.message}`);
}

async function makeKey() {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  // `add`, never `put`: a key that is there already must not be replaced, it opens the secrets.
  await write((store) => store.add(key, 'key'));
  return key;
}

let wrapping;
async function openBox() {
  const [key, sealed] = await kept('key', 'secrets');
  if (sealed && !key) throw fault('store_damaged', 'the secrets are there, but not their key');
  wrapping = key ?? (await makeKey());
  if (!sealed) return undefined;
  try {
    const how = { name: 'AES-GCM', iv: sealed.iv, additionalData: BOX };
    return new Uint8Array(await crypto.subtle.decrypt(how, wrapping, sealed.data));
  } catch (error) {
    throw fault('store_damaged', `the secrets do not open: ${error.name}`);
  }
}

// One after the other: encrypting takes a moment, and an older box must not land on a newer one.
let keeping = Promise.resolve();
function keep(secrets) {
  const copy = secrets.slice();
  const done = keeping.then(async () => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: BOX }, wrapping, copy);
    copy.fill(0);
    await write((store) => store.put({ iv, data }, 'secrets'));
  });
  keeping = done.catch(() => {});
  return done.catch((error) => Promise.reject(refusal(error, 'keeping the secrets')));
}

// ── the replica ─────────────────────────────────────────────────────────────────────────────────

globalThis.yidangHost = {
  keep,
  news(news) {
    everyone.postMessage({ kind: 'news', news });
    // Something was written: the replica decides whether that is due to be sent.
    if (news === 'changed') wakeSoon(0);
  },
};

let replica;
async function load() {
  try {
    replica = await import('./worker.js');
    await replica.default();
  } catch (error) {
    // A module that failed to load stays failed in this worker; the page starts a new one.
    fallen(error);
    throw fault('internal', `loading the replica: ${error}`);
  }
}

let storageKept;
function storageIs(persisted) {
  if (persisted === storageKept) return;
  replica.set_storage(persisted);
  if (storageKept !== undefined) globalThis.yidangHost.news('changed');
  storageKept = persisted;
}

async function begin() {
  if (!replica) await load();
  const secrets = await openBox().catch((error) => {
    throw typeof error === 'string' ? error : refusal(error, 'opening the secrets');
  });
  await replica.start(secrets, self.location.origin, VERSION);
  storageIs(await navigator.storage.persisted());
  self.postMessage({ kind: 'ready' });
}

let beginning;
let failure;
function ready() {
  if (failure && performance.now() - failure.at < RETRY_START_MS) return Promise.reject(failure.error);
  beginning ??= begin().then(
    () => (failure = undefined),
    (error) => {
      beginning = undefined;
      failure = { error, at: performance.now() };
      throw error;
    },
  );
  return beginning;
}

// After a panic nothing in wasm memory can be trusted; the page ends this worker and sends again.
function fallen(error) {
  self.postMessage({ kind: 'fallen', detail: String(error?.stack ?? error) });
}

function trap(error) {
  if (error instanceof WebAssembly.RuntimeError) fallen(error);
}
self.addEventListener('error', (event) => trap(event.error));
self.addEventListener('unhandledrejection', (event) => trap(event.reason));

// ── answering ───────────────────────────────────────────────────────────────────────────────────

/** What is being answered: id → how to reach the tab that asked. */
const held = new Map();

function toOwnTab(message) {
  self.postMessage(message);
}

function toTab(tab) {
  return (message) => {
    // A channel of its own for each tab, so that long answers do not visit all of them.
    const channel = new BroadcastChannel(`yidang-${tab}`);
    channel.postMessage(message);
    channel.close();
  };
}

async function answer({ id, name, json }, reply) {
  if (held.has(id)) return;
  held.set(id, reply);
  let said;
  try {
    await ready();
    said = { ok: true, text: await replica.ask(id, name, json) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      fallen(error);
      return;
    }
    said = { ok: false, text: typeof error === 'string' ? error : fault('internal', String(error)) };
  }
  held.delete(id);
  reply({ kind: 'answer', id, ...said });
}

// From here and not from the page: it shows that the worker itself still turns.
setInterval(() => {
  for (const [id, reply] of held) reply({ kind: 'alive', ids: [id] });
}, ALIVE_MS);

// ── waking: when the next exchange is due is the replica's decision ─────────────────────────────

let timer;
let waking = false;
let wakeAgain = false;

function wakeSoon(ms) {
  clearTimeout(timer);
  timer = setTimeout(wake, ms);
}

async function wake() {
  if (waking) {
    wakeAgain = true;
    return;
  }
  waking = true;
  let next;
  try {
    await ready();
    next = await replica.wake();
  } catch (error) {
    trap(error);
  }
  waking = false;
  // Never longer than a minute: a computer that slept does not count the time it slept.
  const pause = wakeAgain ? 0 : Math.min(Math.max(next ?? SLOWEST_WAKE_MS, 100), SLOWEST_WAKE_MS);
  wakeAgain = false;
  wakeSoon(pause);
}

// ── listening ───────────────────────────────────────────────────────────────────────────────────

async function told(message) {
  if (message.kind === 'wake') wakeSoon(0);
  if (message.kind === 'storage') {
    await ready();
    storageIs(message.kept);
  }
}

self.onmessage = ({ data }) => {
  if (data.kind === 'ask') void answer(data, toOwnTab);
  else void told(data).catch(trap);
};

everyone.onmessage = ({ data }) => {
  if (data.kind !== 'ask') void told(data).catch(trap);
  else if (Date.now() - data.at < PATIENCE_MS) void answer(data, toTab(data.tab));
};

wakeSoon(0);
everyone.postMessage({ kind: 'leader' });
