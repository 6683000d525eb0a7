// The page's door to the replica: window.yidang.ask(name, json) → Promise<string>.
//
// One tab of the browser leads (Web Locks) and runs the replica in a worker; the others reach that
// worker over a BroadcastChannel. When the leader goes, the next tab starts a worker of its own and
// every tab sends again what is not answered yet, under the same id: the replica knows the ids of
// the writes it has done, so nothing is lost and nothing is done twice. An ask is rejected with a
// Fault as JSON; whoever tries it once more should pass the same id as the third argument.

import { glimpse, remember } from './glimpse.js';

const LOCK = 'yidang-leader';
const VERSION = new URL(import.meta.url).pathname.split('/').at(-2);

// So long may a leader that still holds the lock be silent about an ask.
const PATIENCE_MS = 15_000;
const TICK_MS = 1000;
// An ask that was there each time the worker fell is likely the reason.
const MOST_SENDINGS = 4;
const LONGEST_PAUSE_MS = 10_000;
const KEEP_AGAIN_MS = 5_000;
const UPDATE_CHECK_MS = 30 * 60_000;

const tab = crypto.randomUUID();
const everyone = new BroadcastChannel('yidang');
const answers = new BroadcastChannel(`yidang-${tab}`);

/** What this tab asked and has no answer to: id → ask. */
const waiting = new Map();

const yidang = {
  ask,
  /** What was answered to this question when the page was open last: (name, json) → Promise<string?>. */
  glimpse,
  mayUpdate,
  /**
   * Set by the interface; called with 'changed', 'sync', 'new_version' or 'leader'. With the last
   * comes whether this tab is the one that leads.
   */
  onnews: null,
};

function fault(code, detail) {
  return JSON.stringify({ code, detail });
}

function tell(news, detail) {
  yidang.onnews?.(news, detail);
}

// ── asking ──────────────────────────────────────────────────────────────────────────────────────

function ask(name, json, id = crypto.randomUUID()) {
  const same = waiting.get(id);
  if (same) return same.answer;
  const entry = { name, json, sendings: 0 };
  entry.answer = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
  waiting.set(id, entry);
  send(id, entry);
  listenForSilence();
  return entry.answer;
}

function say(message) {
  (worker ?? everyone).postMessage(message);
}

function send(id, entry) {
  entry.sendings += 1;
  if (entry.sendings > MOST_SENDINGS) {
    settle(id, false, fault('internal', `sent ${MOST_SENDINGS} times, and the worker fell each time`));
    return;
  }
  entry.sign = performance.now();
  say({ kind: 'ask', tab, id, name: entry.name, json: entry.json, at: Date.now() });
}

function sendAgain() {
  for (const [id, entry] of [...waiting]) send(id, entry);
}

function settle(id, ok, text) {
  const entry = waiting.get(id);
  if (!entry) return;
  waiting.delete(id);
  if (ok) remember(entry.name, entry.json, text);
  if (ok) entry.resolve(text);
  else entry.reject(text);
  // The moment from which something worth keeping is on this device.
  if (ok && (entry.name === 'enrol' || entry.name === 'demo_sign_in')) void keepStorage(true);
  if (outdated) moveOn();
}

function hear({ data }) {
  switch (data.kind) {
    case 'answer':
      falls = 0;
      settle(data.id, data.ok, data.text);
      break;
    case 'alive':
      for (const id of data.ids) signOf(waiting.get(id));
      break;
    case 'leader':
      // A new worker knows nothing of what the one before had been asked.
      if (!worker) sendAgain();
      tell('leader', leading);
      break;
    case 'news':
      tell(data.news);
      break;
    case 'ready':
      void keepWhatIsHere();
      break;
    case 'fallen':
      restart(data.detail);
      break;
  }
}

function signOf(entry) {
  if (entry) entry.sign = performance.now();
}

let ticking;
function listenForSilence() {
  if (ticking || waiting.size === 0) return;
  const before = performance.now();
  ticking = setTimeout(async () => {
    ticking = undefined;
    // After a sleep, or in a throttled tab, the clock ran on while nobody could have answered.
    if (performance.now() - before > 5 * TICK_MS) waiting.forEach(signOf);
    else if (!leading) await giveUpSilent();
    listenForSilence();
  }, TICK_MS);
}

async function giveUpSilent() {
  const silent = () => [...waiting].filter(([, entry]) => performance.now() - entry.sign > PATIENCE_MS);
  if (silent().length === 0) return;
  const { held } = await navigator.locks.query();
  // Nobody holds it: it is on its way to a tab that will answer.
  if (leading || !held.some((lock) => lock.name === LOCK)) return;
  for (const [id] of silent()) {
    settle(id, false, fault('other_window', `no sign of the leading tab for ${PATIENCE_MS} ms`));
  }
}

// ── leading ─────────────────────────────────────────────────────────────────────────────────────

let worker; // in the leading tab only
let leading = false;
let falls = 0;
let queued = false;
let stepDown = () => {};

function queueForLead() {
  if (queued) return;
  queued = true;
  const gone = new AbortController();
  stepDown = () => gone.abort();
  const led = navigator.locks.request(LOCK, { signal: gone.signal }, () => {
    if (gone.signal.aborted) return undefined;
    return new Promise((release) => {
      stepDown = () => {
        leading = false;
        stopWorker();
        release();
      };
      leading = true;
      startWorker();
    });
  });
  led.catch((error) => {
    if (gone.signal.aborted) return;
    // Taken away by force (the browser's developer tools can): back into the queue.
    if (error.name === 'AbortError') {
      sleep();
      queueForLead();
    } else {
      refuse(fault('storage_refused', `no lock: ${error}`));
    }
  });
}

function refuse(text) {
  yidang.ask = () => Promise.reject(text);
  for (const id of [...waiting.keys()]) settle(id, false, text);
}

function startWorker() {
  if (!leading || worker) return;
  const started = new Worker(new URL('boot-worker.js', import.meta.url), { type: 'module', name: 'yidang' });
  // What a worker said before it was ended may still arrive afterwards.
  started.onmessage = (event) => worker === started && hear(event);
  started.onerror = (event) => worker === started && restart(event.message);
  worker = started;
  sendAgain();
}

function stopWorker() {
  // Safe at any moment: a transaction cut off here is rolled back when the store is opened next.
  worker?.terminate();
  worker = undefined;
}

// A panic leaves wasm memory in a state nobody can vouch for: only a new worker helps.
function restart(detail) {
  if (!worker) return;
  console.error('yidang: the worker fell:', detail);
  stopWorker();
  setTimeout(startWorker, Math.min(250 * 2 ** falls, LONGEST_PAUSE_MS));
  falls += 1;
}

// A frozen page keeps its locks but answers nobody, so it hands them over before it freezes.
function sleep() {
  queued = false;
  stepDown();
}

function wakeUp() {
  queueForLead();
  // Sent again on the next 'leader' too; this reaches one that was there all along.
  sendAgain();
  listenForSilence();
}

function wantSync() {
  if (document.visibilityState === 'visible') say({ kind: 'wake' });
}

// ── storage ─────────────────────────────────────────────────────────────────────────────────────

async function keepWhatIsHere() {
  let enrolled = false;
  try {
    enrolled = JSON.parse(await ask('session', '{}')).person != null;
  } catch {
    // Whoever asks next is told what is wrong; here it only means that there is nothing to keep.
  }
  await keepStorage(enrolled);
}

async function keepStorage(wanted) {
  let kept = await navigator.storage.persisted();
  if (!kept && wanted) kept = await navigator.storage.persist();
  say({ kind: 'storage', kept });
}

// ── new versions ────────────────────────────────────────────────────────────────────────────────

let may = true;
let outdated = false;
let registration;

/** The interface says false as long as it holds words that are not saved, and true afterwards. */
function mayUpdate(value) {
  may = value;
  moveOn();
}

function free() {
  return may && waiting.size === 0;
}

function moveOn() {
  if (!free()) return;
  if (outdated) location.reload();
  else registration?.waiting?.postMessage({ kind: 'try' });
}

function hearServiceWorker({ data, ports }) {
  if (data.kind === 'may_update') ports[0].postMessage({ version: VERSION, free: free() });
  if (data.kind === 'new_version' && data.version !== VERSION) {
    outdated = true;
    tell('new_version');
    moveOn();
  }
}

async function followVersions() {
  navigator.serviceWorker.onmessage = hearServiceWorker;
  keepVersion(KEEP_AGAIN_MS);
  setInterval(moveOn, 60_000);
  // Offline this fails, and the next round asks again.
  setInterval(() => registration?.update().catch(() => {}), UPDATE_CHECK_MS);
  (await navigator.serviceWorker.ready).active.postMessage({ kind: 'hello' });
}

// On a weak network a version does not come whole at once. Until it did, these pages would not open
// without a network, so it is tried again, less and less often.
async function keepVersion(wait) {
  const again = () => setTimeout(keepVersion, wait, Math.min(2 * wait, UPDATE_CHECK_MS));
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  } catch {
    again();
    return;
  }
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      moveOn();
      if (installing.state === 'redundant' && !registration.active) again();
    });
  });
  moveOn();
}

// ── start ───────────────────────────────────────────────────────────────────────────────────────

function openDoor() {
  window.yidang = yidang;
  everyone.onmessage = hear;
  answers.onmessage = hear;
  queueForLead();
  window.addEventListener('pagehide', sleep);
  window.addEventListener('pageshow', (event) => event.persisted && wakeUp());
  document.addEventListener('freeze', sleep);
  document.addEventListener('resume', wakeUp);
  window.addEventListener('online', wantSync);
  document.addEventListener('visibilitychange', wantSync);
  followVersions().catch((error) => console.warn('yidang: no offline start:', error));
}

async function showInterface() {
  try {
    const { default: init } = await import('./ui.js');
    await init();
    document.getElementById('skeleton')?.remove();
  } catch (error) {
    console.error(error);
    const note = document.getElementById('skeleton-note');
    if (note) note.textContent = '没能打开，写过的都还在。请关掉这一页再打开一次。';
  }
}

if (!window.yidangTooOld) {
  // The window of the installed edition has its replica beside it and needs no door.
  if (!window.__TAURI__) openDoor();
  void showInterface();
}
