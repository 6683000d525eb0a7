// What the first page showed last, so that the next start shows it before the replica's worker is there.
// It is sealed with the key of the box, and goes when somebody signs in or out.

import { kept, write } from './box.js';

const VERSION = new URL(import.meta.url).pathname.split('/').at(-2);
// Answers of another version may have another shape: they do not open.
const TAG = new TextEncoder().encode(`yidang glimpse ${VERSION}`);
const NAME = 'glimpse';
// The answers of one page come within this time; a page may be closed soon after.
const PAUSE_MS = 300;

/** What the first pages of all roles and 我的 ask. A page that is whole from the beginning does not grow under a finger. */
const SHOWN = new Set([
  'session', 'today', 'list_case_files', 'county', 'queues', 'messages', 'sync_state', 'device',
]);
const LEADING_IN_OR_OUT = new Set(['enrol', 'demo_sign_in', 'sign_out']);

/** name → the first question of this start, and its newest answer. */
let seen = {};
let last = open();
let pause;

async function open() {
  try {
    const [key, sealed] = await kept('key', NAME);
    if (!key || !sealed) return {};
    const how = { name: 'AES-GCM', iv: sealed.iv, additionalData: TAG };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, sealed.data)));
  } catch {
    // Without it the page waits for the worker, as at the very first start.
    return {};
  }
}

/** The answer to this question when the page was open last; undefined if there is none. */
export async function glimpse(name, json) {
  const { [name]: answer } = await last;
  return answer?.json === json ? answer.text : undefined;
}

/** Takes note of an answer. */
export function remember(name, json, text) {
  if (LEADING_IN_OR_OUT.has(name) || (name === 'session' && changesPerson(text))) forget();
  if (!SHOWN.has(name)) return;
  const before = seen[name];
  // The first question of its kind is the one that the next start asks too.
  if (before && (before.json !== json || before.text === text)) return;
  seen[name] = { json, text };
  pause ??= setTimeout(() => void seal().catch(() => {}), PAUSE_MS);
}

function personOf(text) {
  return text && JSON.parse(text).person?.user;
}

function changesPerson(text) {
  const user = personOf(text);
  return user == null || (seen.session !== undefined && personOf(seen.session.text) !== user);
}

function forget() {
  seen = {};
  last = Promise.resolve({});
  clearTimeout(pause);
  pause = undefined;
  void write((store) => store.delete(NAME)).catch(() => {});
}

async function seal() {
  pause = undefined;
  const [key] = await kept('key');
  const before = await last;
  const user = personOf(seen.session?.text);
  if (!key || !user) return;
  // Whoever began on another page today still finds their first page at the next start.
  const all = personOf(before.session?.text) === user ? { ...before, ...seen } : seen;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(all));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: TAG }, key, plain);
  // Somebody may have signed out meanwhile. Losing this costs a second at the next start, no more.
  if (seen.session) await write((store) => store.put({ iv, data }, NAME), 'relaxed');
}
