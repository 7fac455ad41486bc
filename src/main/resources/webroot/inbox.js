/** Items that wait to be shown: while paused, while the page is hidden, and between two frames. */

const MAX_ITEMS = 5000;
const MAX_CHARS = 16 << 20;
const ITEM_CHARS = 200; // what an item costs beside its text

/** A bounded queue. When it is full the oldest go, and one row tells how many. */
export class Inbox {
  #items = [];
  #start = 0; // items before it are gone; the array is cut now and then, not each time
  #chars = 0;
  #skipped = { lines: 0, gaps: 0 };
  #lines = 0;
  #maxItems;
  #maxChars;

  constructor(maxItems = MAX_ITEMS, maxChars = MAX_CHARS) {
    this.#maxItems = maxItems;
    this.#maxChars = maxChars;
  }

  get isEmpty() {
    return this.#size === 0 && !this.#hasSkipped;
  }

  /** Lines that wait or were skipped while waiting. */
  get lines() {
    return this.#lines + this.#skipped.lines;
  }

  push(items) {
    for (const item of items) {
      this.#items.push(item);
      this.#chars += cost(item);
      this.#lines += item.kind === 'line' ? 1 : 0;
      while (this.#size > this.#maxItems || (this.#chars > this.#maxChars && this.#size > 1)) {
        this.#skip();
      }
    }
  }

  /** Up to `max` items, oldest first; before them a `skipped` item if any were dropped. */
  take(max) {
    const skipped = this.#hasSkipped ? [{ kind: 'skipped', ...this.#skipped }] : [];
    this.#skipped = { lines: 0, gaps: 0 };
    const taken = [];
    while (taken.length < max && this.#size > 0) {
      taken.push(this.#shift());
    }
    return skipped.concat(taken);
  }

  clear() {
    this.#items = [];
    this.#start = 0;
    this.#chars = 0;
    this.#lines = 0;
    this.#skipped = { lines: 0, gaps: 0 };
  }

  get #hasSkipped() {
    return this.#skipped.lines > 0 || this.#skipped.gaps > 0;
  }

  get #size() {
    return this.#items.length - this.#start;
  }

  #skip() {
    const item = this.#shift();
    if (item.kind === 'line') {
      this.#skipped.lines++;
    } else if (item.kind === 'gap') {
      this.#skipped.gaps++;
    }
  }

  #shift() {
    const item = this.#items[this.#start];
    this.#items[this.#start++] = undefined;
    this.#chars -= cost(item);
    this.#lines -= item.kind === 'line' ? 1 : 0;
    if (this.#start > 1024 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }
}

function cost(item) {
  return ITEM_CHARS + (item.size ?? 0);
}
