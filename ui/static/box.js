// The box beside the replica's database, in IndexedDB: a key that JavaScript can use but never read, and
// what is sealed with it.

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let opening;
function box() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('yidang-keys', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).catch((error) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** The values under these names, in their order; undefined where there is none. */
export async function kept(...names) {
  const store = (await box()).transaction('kept').objectStore('kept');
  return Promise.all(names.map((name) => result(store.get(name))));
}

/** Resolves only once the browser says that the value is on the disk. */
export async function write(how, durability = 'strict') {
  const transaction = (await box()).transaction('kept', 'readwrite', { durability });
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    how(transaction.objectStore('kept'));
  });
}
