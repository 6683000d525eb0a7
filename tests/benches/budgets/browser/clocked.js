// Starts the worker of this page anew with a clock in it: how long each answer took from the question's
// arrival to its leaving. The page itself is as it was.
const Plain = window.Worker;
window.benchInside = new Map();
window.Worker = function clocked(address, options) {
  const replica = new URL('worker.js', address);
  const source = `import ${JSON.stringify(String(address))};
    const heard = self.onmessage, say = self.postMessage.bind(self), came = new Map();
    self.onmessage = (event) => {
      const { kind, id } = event.data;
      if (kind === 'ask') came.set(id, performance.now());
      if (kind === 'bench') {
        import(${JSON.stringify(String(replica))}).then(async (replica) => {
          const { memory } = await replica.default();
          say({ kind: 'bench', bytes: memory.buffer.byteLength });
        });
      } else heard(event);
    };
    self.postMessage = (message) => {
      if (message.kind === 'answer') message.inside = performance.now() - came.get(message.id);
      say(message);
    };`;
  const blob = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Plain(blob, options);
  worker.addEventListener('message', ({ data }) => {
    if (data.kind === 'answer') window.benchInside.set(data.id, data.inside);
    if (data.kind === 'bench') window.benchGot?.(data.bytes);
  });
  window.benchMemory = (done) => {
    window.benchGot = done;
    worker.postMessage({ kind: 'bench' });
  };
  return worker;
};
// What a browser does to a page in the background, and takes back.
document.dispatchEvent(new Event('freeze'));
document.dispatchEvent(new Event('resume'));
