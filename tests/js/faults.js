// Looks at a page as a careful reader would and gives a list of what is badly set: text that is cut,
// text over other text, text at the very edge, frames without words, a page that is too wide or has no
// room left. The tests run it as the body of a function.

const MOST_PX = 2;
const EDGE_PX = 3;

const shows = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  // What is folded away still has a box; it is not drawn.
  const drawn = element.checkVisibility() && style.visibility !== 'hidden' && style.opacity !== '0';
  return drawn && box.width > 1 && box.height > 1;
};
const name = (element) => {
  const called = element.closest('[data-test]')?.dataset.test ?? '';
  const own = element.getAttribute('class') || element.tagName.toLowerCase();
  return `${called} ${own}: ${(element.innerText ?? element.textContent ?? '').trim().slice(0, 30)}`;
};

// ── where text stands ───────────────────────────────────────────────────────────────────────────

const meet = (one, other) => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});
const isSeen = (box) => box.right - box.left > MOST_PX && box.bottom - box.top > MOST_PX;

// What of the page can be seen inside this element: everything around it that clips, clips it.
function window_of(element) {
  let frame = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (let outer = element; outer && outer !== document.body; outer = outer.parentElement) {
    const style = getComputedStyle(outer);
    if (style.overflowX !== 'visible' || style.overflowY !== 'visible') {
      frame = meet(frame, outer.getBoundingClientRect());
    }
    if (style.position === 'fixed') break;
  }
  return frame;
}

// A line's box is higher than its letters: what counts is as high as a letter is wide.
function letters(box, size) {
  const half = Math.min(size, box.bottom - box.top) / 2;
  const middle = (box.top + box.bottom) / 2;
  return { left: box.left, right: box.right, top: middle - half, bottom: middle + half };
}

// Clipped to nothing on purpose: read aloud, not seen.
function isForEars(element) {
  for (let outer = element; outer; outer = outer.parentElement) {
    if (getComputedStyle(outer).clip.startsWith('rect(0px, 0px')) return true;
  }
  return false;
}

function texts() {
  const found = [];
  const keep = (element, boxes) => {
    if (isForEars(element)) return;
    const size = parseFloat(getComputedStyle(element).fontSize);
    const whole = boxes.map((box) => letters(box, size));
    const frame = window_of(element);
    const seen = whole.map((box) => meet(box, frame)).filter(isSeen);
    found.push({ element, whole, boxes: seen });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.textContent.trim() || !shows(element) || element.closest('script, style')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    keep(element, [...range.getClientRects()]);
  }
  // What is typed is text too.
  for (const control of document.querySelectorAll('input, select, textarea')) {
    if (shows(control)) keep(control, [control.getBoundingClientRect()]);
  }
  return found;
}

// Bars that stay, sheets, dialogs and brief words lie over the page on purpose.
const LAYER = '[role="dialog"], .sheet-back, .toasts, .update-note';
function layer(element) {
  for (let outer = element; outer; outer = outer.parentElement) {
    const position = getComputedStyle(outer).position;
    if (position === 'fixed' || position === 'sticky' || outer.matches(LAYER)) return outer;
  }
  return null;
}

// ── text that is cut ────────────────────────────────────────────────────────────────────────────

// What lies outside of a frame that hides it and cannot be scrolled is never read. Three dots say so
// and are no fault.
function cut(faults, found) {
  for (const { element, whole } of found) {
    for (let outer = element; outer && outer !== document.body; outer = outer.parentElement) {
      const style = getComputedStyle(outer);
      const hides = (way) => way === 'hidden' || way === 'clip';
      const frame = outer.getBoundingClientRect();
      const beside = (box) => box.right > frame.right + MOST_PX || box.left < frame.left - MOST_PX;
      const below = (box) => box.bottom > frame.bottom + MOST_PX || box.top < frame.top - MOST_PX;
      if (hides(style.overflowX) && style.textOverflow === 'ellipsis') break;
      if (hides(style.overflowX) && whole.some(beside)) faults.push(`cut: ${name(element)}`);
      if (hides(style.overflowY) && whole.some(below)) faults.push(`cut below: ${name(element)}`);
      if (style.overflowY === 'auto' || style.overflowY === 'scroll' || style.position === 'fixed') break;
    }
  }
}

// ── text over other text ────────────────────────────────────────────────────────────────────────

function overlap(faults, found) {
  const layers = new Map(found.map((text) => [text, layer(text.element)]));
  found.forEach((one, index) => {
    for (const other of found.slice(index + 1)) {
      const related = one.element.contains(other.element) || other.element.contains(one.element);
      if (related || layers.get(one) !== layers.get(other)) continue;
      const crosses = one.boxes.some((box) => other.boxes.some((second) => isSeen(meet(box, second))));
      if (crosses) faults.push(`over one another: ${name(one.element)} | ${name(other.element)}`);
    }
  });
}

// ── text at the edge ────────────────────────────────────────────────────────────────────────────

// A row that is scrolled sideways is cut by the edge on purpose.
const scrolls = (element) => {
  const style = element && getComputedStyle(element);
  if (!style) return false;
  return style.overflowX === 'auto' || style.overflowX === 'scroll'
    ? element.scrollWidth > element.clientWidth + 1 || scrolls(element.parentElement)
    : scrolls(element.parentElement);
};

// A mark or a button is as wide as its frame, not as its word.
function framed(element) {
  const style = getComputedStyle(element);
  const drawn = parseFloat(style.borderRightWidth) > 0 || style.backgroundColor !== 'rgba(0, 0, 0, 0)';
  const box = element.getBoundingClientRect();
  return drawn && box.width < innerWidth * 0.8 ? [meet(box, window_of(element.parentElement))].filter(isSeen) : [];
}

function edge(faults, found) {
  for (const { element, boxes } of found) {
    const all = [...boxes, ...framed(element)];
    const touches = all.some((box) => box.left < EDGE_PX || box.right > innerWidth - EDGE_PX);
    if (touches && !scrolls(element)) faults.push(`at the edge: ${name(element)}`);
  }
}

// ── frames without words ────────────────────────────────────────────────────────────────────────

function empty(faults) {
  for (const element of document.querySelectorAll('main, section, .cells, .card, .list, .sheet')) {
    const tall = element.getBoundingClientRect().height > 60;
    if (shows(element) && tall && !element.innerText.trim() && !element.querySelector('svg, img, input, textarea')) {
      faults.push(`empty: ${name(element)}`);
    }
  }
}

// ── room to read ────────────────────────────────────────────────────────────────────────────────

// Bars that stay grow with their letters; what they stand around must stay readable.
function room(faults) {
  const main = document.querySelector('main');
  const box = main.getBoundingClientRect();
  const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  if (main.scrollHeight > main.clientHeight + MOST_PX && seen < innerHeight * 0.3) {
    faults.push(`little room: ${Math.round(seen)} px of ${innerHeight} are left for the page`);
  }
}

if (!document.querySelector('main') || document.querySelector('[data-test=waiting]')) return ['still loading'];
const faults = [];
for (const page of [document.documentElement, ...document.querySelectorAll('main')]) {
  const wide = page.scrollWidth - page.clientWidth;
  if (wide > 1) faults.push(`the page is ${wide} px too wide`);
}
const found = texts();
cut(faults, found);
overlap(faults, found);
edge(faults, found);
empty(faults);
room(faults);
return faults;
