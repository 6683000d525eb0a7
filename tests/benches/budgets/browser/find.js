// Looks for each of these texts, as the page does at a stroke; twice, so that p99 is of eighty.
const [texts, done] = arguments;
(async () => {
  const round = [];
  const inside = [];
  for (const text of [...texts, ...texts]) {
    const id = crypto.randomUUID();
    const began = performance.now();
    await window.yidang.ask('find', JSON.stringify({ text, limit: 12 }), id);
    round.push(performance.now() - began);
    inside.push(window.benchInside.get(id));
  }
  done({ round, inside });
})();
