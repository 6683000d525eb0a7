// Opens an exported file with the engine's own JavaScript and says what stands in it, as somebody
// would who has the file and none of our programs: node read-automerge.mjs FILE → JSON.

import { readFileSync } from 'node:fs';

import { getConflicts, getHeads, isImmutableString, load } from '@automerge/automerge';

const isMap = (value) => value !== null && typeof value === 'object'
  && !isImmutableString(value) && !(value instanceof Uint8Array) && !(value instanceof Date);

// Our registers hold plain strings, which the engine tells apart from text that is edited together.
function plain(value) {
  if (isImmutableString(value)) return value.val;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

// Every register in which more than one value stands, by its path.
function conflicts(map, path = '') {
  return Object.keys(map).flatMap((key) => {
    const here = `${path}${key}`;
    const values = Object.values(getConflicts(map, key) ?? {}).map(plain);
    const own = values.length > 1 ? [{ field: here, values: values.sort() }] : [];
    return isMap(map[key]) ? [...own, ...conflicts(map[key], `${here}.`)] : own;
  });
}

const document = load(new Uint8Array(readFileSync(process.argv[2])));
const { kind, home, id, facts, parties, entries } = plain(document);
const read = { kind, home, id, facts, parties, entries };
process.stdout.write(JSON.stringify({ ...read, conflicts: conflicts(document), heads: getHeads(document) }));
