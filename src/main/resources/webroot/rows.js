/** Items as elements. Log text enters the page here, and only as text nodes. */

import { tokenize } from './ansi.js';
import { pretty } from './json.js';
import { messagePieces, rawLine, readLine } from './line.js';
import {
  clock,
  gapText,
  noticeText,
  number,
  olderText,
  reconnectedText,
  skippedText,
} from './words.js';

const MACHINE_COLOURS = 12;

/** Makes the rows of one log; knows how its machines are coloured and which clock is shown. */
export class Rows {
  utc = false;
  #machines = new Map();
  #parts = new WeakMap(); // row -> the line it shows

  /**
   * @returns {{row: HTMLElement, nodes: number}} the row that shows an item, and how many nodes its
   *     message became
   */
  make(item) {
    return item.kind === 'line' ? this.#anyLine(item.payload) : { row: this.#note(item), nodes: 0 };
  }

  /** A line that cannot be understood is shown as it came: it must not take others with it. */
  #anyLine(payload) {
    try {
      return this.#line(readLine(payload));
    } catch {
      return this.#line(rawLine(payload));
    }
  }

  #note(item) {
    switch (item.kind) {
      case 'gap':
        return note('gap', gapText(item));
      case 'skipped':
        return note('gap', skippedText(item));
      case 'older':
        return note('notice', olderText(item.lines));
      case 'reconnected':
        return note('notice', reconnectedText(item.ms));
      default:
        return note('notice', noticeText(item));
    }
  }

  /** Shows the row's time again, after the clock was changed. */
  retime(row) {
    const line = this.#parts.get(row);
    if (line && !Number.isNaN(line.at)) {
      row.firstElementChild.textContent = clock(line.at, this.utc);
    }
  }

  /** Opens or closes what the row leaves out. */
  toggle(row) {
    const line = this.#parts.get(row);
    const button = row.querySelector('.more');
    if (!line || !button) {
      return;
    }
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    row.querySelector('.full')?.remove();
    if (open) {
      const full = element('div', 'full');
      appendPieces(full, tokenize(line.json ? pretty(line.json) : line.text));
      row.append(full);
    }
  }

  #line(line) {
    const row = element('div', 'row');
    if (line.level !== '') {
      row.classList.add('is-' + line.level);
    }
    if (line.provider !== '' && line.provider !== 'app') {
      row.classList.add('is-platform');
    }
    const cells = [this.#time(line), text('span', 'region', line.region), this.#machine(line)];
    for (const cell of [...cells, levelBadge(line)]) {
      row.append(cell, ' '); // a space, so that copied text has one
    }
    const { pieces, isCut } = messagePieces(line);
    row.append(message(line, pieces, isCut));
    this.#parts.set(row, { at: line.at, json: line.json, text: isCut ? line.text : '' });
    return { row, nodes: pieces.reduce((sum, piece) => sum + nodesOf(piece), 0) };
  }

  #time(line) {
    if (Number.isNaN(line.at)) {
      return text('span', 'time', '');
    }
    const time = text('time', 'time', clock(line.at, this.utc));
    const iso = new Date(line.at).toISOString();
    time.dateTime = iso;
    time.title = iso;
    return time;
  }

  #machine(line) {
    const cell = text('span', 'machine', line.machine);
    if (line.machine !== '') {
      cell.classList.add('m' + this.#colour(line.machine));
      cell.title = `Machine ${line.machine}`;
    }
    return cell;
  }

  /** The same colour each time for a machine's name, unless another on this page has it. */
  #colour(machine) {
    let colour = this.#machines.get(machine);
    if (colour === undefined) {
      colour = hash(machine) % MACHINE_COLOURS;
      const taken = new Set(this.#machines.values());
      while (taken.has(colour) && taken.size < MACHINE_COLOURS) {
        colour = (colour + 1) % MACHINE_COLOURS;
      }
      if (this.#machines.size >= 1000) {
        this.#machines.clear(); // machines come and go for as long as a page is open
      }
      this.#machines.set(machine, colour);
    }
    return colour;
  }
}

function levelBadge(line) {
  const badge = text('span', 'level', line.level);
  if (line.guessed) {
    badge.classList.add('guessed');
    badge.title = `Level ${line.level} as the message itself says; the platform says otherwise or nothing`;
  }
  return badge;
}

function message(line, pieces, isCut) {
  const cell = element('span', 'message');
  if (line.json || isCut) {
    const button = element('button', 'more');
    button.type = 'button';
    button.setAttribute('aria-expanded', 'false');
    const title = line.json ? 'Show as JSON' : `Show all ${number(line.text.length)} characters`;
    button.title = title;
    button.setAttribute('aria-label', title);
    cell.append(button);
  }
  if (line.provider !== '' && line.provider !== 'app') {
    cell.append(text('span', 'provider', line.provider), ' ');
  }
  appendPieces(cell, pieces);
  if (isCut) {
    cell.append(text('span', 'cut', ` … ${number(line.text.length)} characters in all`));
  }
  return cell;
}

/** A text, or an element around one. */
function nodesOf(piece) {
  return piece.classes === '' ? 1 : 2;
}

function appendPieces(parent, pieces) {
  for (const piece of pieces) {
    parent.append(piece.classes === '' ? piece.text : text('span', piece.classes, piece.text));
  }
}

/** A row that is not a line: it says what happened to the stream. */
function note(kind, words) {
  const row = element('div', `row note is-${kind}`);
  row.append(text('span', 'words', words));
  return row;
}

function text(name, classes, content) {
  const made = element(name, classes);
  made.textContent = content;
  return made;
}

function element(name, classes) {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}

function hash(string) {
  let h = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < string.length; i++) {
    h = Math.imul(h ^ string.charCodeAt(i), 0x01000193);
  }
  return h >>> 0;
}
