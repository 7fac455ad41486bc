/** The scrolling log: rows in blocks, at most so many, held at the bottom while nobody scrolls up. */

import { Rows } from './rows.js';

const BLOCK_ROWS = 100;
const MAX_ROWS = 10_000;
const MAX_CHARS = 32 << 20; // rows of 64 KiB would fill a browser long before their number does
const NODE_CHARS = 128; // what a node of a message counts as: a browser needs some 600 bytes for it
const AT_BOTTOM_PX = 6;

export class LogView {
  #scroller;
  #list;
  #rows = new Rows();
  #blocks = []; // { element, rows, chars }
  #total = 0;
  #chars = 0;
  #pinned = true;
  #lastTop = 0;
  #unseen = 0;
  #older = { lines: 0, row: undefined }; // what had to make room, and the row that tells of it
  #onChange;

  /**
   * @param {HTMLElement} scroller the element that scrolls
   * @param {HTMLElement} list the element within it that holds the blocks
   * @param {() => void} onChange called when `pinned` or `unseen` changed
   */
  constructor(scroller, list, onChange) {
    this.#scroller = scroller;
    this.#list = list;
    this.#onChange = onChange;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    list.addEventListener('click', (event) => this.#clicked(event));
    document.addEventListener('selectionchange', () => this.#selected());
    const resized = new ResizeObserver(() => this.#hold());
    resized.observe(scroller);
    resized.observe(list);
  }

  get pinned() {
    return this.#pinned;
  }

  /** Lines that came since the reader scrolled up. */
  get unseen() {
    return this.#unseen;
  }

  /** Whether nothing may be added: the oldest rows would go, and somebody is reading there. */
  get isHeld() {
    return !this.#pinned && this.#isFull;
  }

  get total() {
    return this.#total;
  }

  get utc() {
    return this.#rows.utc;
  }

  append(items) {
    for (const item of items) {
      this.#add(item);
      this.#unseen += !this.#pinned && item.kind === 'line' ? 1 : 0;
    }
    this.#trim();
    this.#hold();
    this.#onChange();
  }

  clear() {
    this.#list.replaceChildren();
    this.#blocks = [];
    this.#total = this.#chars = 0;
    this.#older = { lines: 0, row: undefined };
    this.pin();
  }

  /** Back to the newest line, and stay there. */
  pin() {
    this.#pinned = true;
    this.#unseen = 0;
    this.#hold();
    this.#onChange();
  }

  toOldest() {
    this.#unpin();
    this.#scroller.scrollTop = 0;
  }

  setUtc(utc) {
    this.#rows.utc = utc;
    for (const block of this.#blocks) {
      for (const row of block.element.children) {
        this.#rows.retime(row);
      }
    }
  }

  #add(item) {
    let block = this.#blocks[this.#blocks.length - 1];
    if (!block || block.rows === BLOCK_ROWS) {
      block?.element.classList.add('complete'); // from now on skipped while it is out of sight
      block = { element: document.createElement('div'), rows: 0, lines: 0, chars: 0 };
      block.element.className = 'block';
      this.#blocks.push(block);
      this.#list.append(block.element);
    }
    const { row, nodes } = this.#rows.make(item);
    block.element.append(row);
    const chars = (item.size ?? 0) + nodes * NODE_CHARS;
    block.rows++;
    block.lines += item.kind === 'line' ? 1 : 0;
    block.chars += chars;
    this.#total++;
    this.#chars += chars;
  }

  get #isFull() {
    return this.#total >= MAX_ROWS || this.#chars > MAX_CHARS;
  }

  /** Makes room at the top, and says so there; not while somebody reads. */
  #trim() {
    const before = this.#older.lines;
    while (this.#pinned && this.#blocks.length > 1 && this.#isTooMuch) {
      const oldest = this.#blocks.shift();
      oldest.element.remove();
      this.#total -= oldest.rows;
      this.#chars -= oldest.chars;
      this.#older.lines += oldest.lines;
    }
    if (this.#older.lines > before) {
      const { row } = this.#rows.make({ kind: 'older', lines: this.#older.lines });
      this.#older.row?.remove();
      this.#list.prepend(row);
      this.#older.row = row;
    }
  }

  get #isTooMuch() {
    return this.#total - this.#blocks[0].rows >= MAX_ROWS || this.#chars > MAX_CHARS;
  }

  #hold() {
    if (this.#pinned) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
      this.#lastTop = this.#scroller.scrollTop;
    }
  }

  /** Only a move upwards unpins: blocks that get their real height move the bottom, not the reader. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const atBottom = scrollHeight - scrollTop - clientHeight <= AT_BOTTOM_PX;
    if (atBottom && !this.#pinned) {
      this.pin();
    } else if (!atBottom && this.#pinned && scrollTop < this.#lastTop - 1) {
      this.#unpin();
    }
    this.#lastTop = scrollTop;
  }

  #unpin() {
    this.#pinned = false;
    this.#onChange();
  }

  #clicked(event) {
    const button = event.target.closest('.more');
    if (button) {
      this.#unpinForReading();
      this.#rows.toggle(button.closest('.row'));
    }
  }

  #selected() {
    const selection = getSelection();
    if (!selection.isCollapsed && this.#list.contains(selection.anchorNode)) {
      this.#unpinForReading();
    }
  }

  /** What somebody opens to read or selects to copy must not scroll away under their eyes. */
  #unpinForReading() {
    if (this.#pinned && this.#scroller.scrollHeight > this.#scroller.clientHeight) {
      this.#unpin();
    }
  }
}
