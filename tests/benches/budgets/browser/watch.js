// Runs before anything of the page: when its first screen, its interface and its list stand there, in
// milliseconds since the navigation began.
window.bench = {};
const note = (name) => { window.bench[name] ??= performance.now(); };
let drawn = false;
new MutationObserver(() => {
  const skeleton = document.getElementById('skeleton');
  if (skeleton) drawn = true;
  if (drawn && !skeleton) note('shell');
  if (document.querySelector('[data-test=today-all]')) note('today');
}).observe(document, { childList: true, subtree: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName('first-contentful-paint')) window.bench.paint ??= entry.startTime;
}).observe({ type: 'paint', buffered: true });
// What the page itself fetched over the wire; its worker fetches beside it.
window.benchBytes = () => {
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const own = all.filter(({ name }) => !name.includes('worker'));
  return { bytes: own.reduce((sum, { transferSize }) => sum + transferSize, 0), count: own.length };
};
