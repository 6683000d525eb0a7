// Scrolls what is on the screen for so many seconds, by a thumb's pace or from beginning to end, and
// takes the time of each frame. Counts rows that were drawn at once, and rows that were seen empty.
const [seconds, all, done] = arguments;
const main = document.querySelector('#main');
const list = document.querySelector('[data-test=cases-rows]');
const total = main.scrollHeight - main.clientHeight;
const THUMB_PX_PER_MS = 2.4;
const frames = [];
let drawn = 0;
let blank = 0;
let began;
let last;
function frame(now) {
  began ??= now;
  if (last !== undefined) frames.push(now - last);
  last = now;
  const passed = now - began;
  main.scrollTop = all ? (total * passed) / (seconds * 1000) : passed * THUMB_PX_PER_MS;
  drawn = Math.max(drawn, list.querySelectorAll('.cell').length);
  const { top, bottom } = main.getBoundingClientRect();
  for (const row of list.querySelectorAll('[data-row]')) {
    const box = row.getBoundingClientRect();
    if (box.bottom > top && box.top < bottom) blank += 1;
  }
  if (passed < seconds * 1000) requestAnimationFrame(frame);
  else {
    const height = list.querySelector('.cell').getBoundingClientRect().height;
    done({ frames, drawn, blank, rows: Math.round(main.scrollTop / height) });
  }
}
requestAnimationFrame(frame);
