/**
 * Turns log text, which anybody may have written, into pieces of plain text with class names.
 *
 * Colours and type styles (SGR) become classes; every other escape sequence is dropped; characters
 * that would hide or reorder text are spelled out. Nothing here makes markup, each character is
 * looked at a bounded number of times, and 16 colours are all there are, so that both themes can
 * keep them readable.
 */

const MAX_PIECES = 400; // past it a text keeps its words and loses its colours
const MAX_PARAMS = 64; // of one sequence; terminals stop at 16 to 32

/** Everything that needs more than being shown as it stands. */
const SPECIAL =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb]/;

const ESC = 0x1b;
const BEL = 0x07;

/**
 * @param {string} text
 * @param {number} max about how many pieces there may be: one more holds the rest, as plain text
 * @returns {{text: string, classes: string}[]} the pieces in order, none of them empty
 */
export function tokenize(text, max = MAX_PIECES) {
  if (!SPECIAL.test(text)) {
    return text === '' ? [] : [{ text, classes: '' }];
  }
  const out = new Pieces(max);
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    if (i > 0) {
      out.write('\n');
    }
    tokenizeLine(overwritten(lines[i]), out);
  }
  return out.end();
}

/** The text of all pieces: what a person reads, and what levels are guessed from. */
export function plain(pieces) {
  return pieces.length === 1 ? pieces[0].text : pieces.map((piece) => piece.text).join('');
}

/** A progress bar returns the carriage and writes again; its last word counts. */
function overwritten(line) {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 0x0d) {
    end--;
  }
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

function tokenizeLine(line, out) {
  const terminator = terminatorFinder(line);
  let shown = 0; // text up to here is written
  let i = 0;
  while (i < line.length) {
    const c = line.charCodeAt(i);
    if (!isSpecial(c)) {
      i++;
      continue;
    }
    out.write(line.slice(shown, i));
    i = special(line, i, c, terminator, out);
    shown = i;
  }
  out.write(line.slice(shown));
}

/** Handles the special character at i; returns the index after what belongs to it. */
function special(line, i, c, terminator, out) {
  if (c === ESC) {
    return escape(line, i, terminator, out);
  }
  if (c >= 0x80 && c <= 0x9f) {
    return c1(line, i, c, terminator, out);
  }
  out.writeEscaped(
    c < 0x100
      ? '\\x' + c.toString(16).padStart(2, '0')
      : '\\u' + c.toString(16).padStart(4, '0'),
  );
  return i + 1;
}

function escape(line, i, terminator, out) {
  const next = line.charCodeAt(i + 1); // NaN at the end, which is in no range below
  if (next === 0x5b) {
    return csi(line, i + 2, out);
  }
  if (next === 0x5d || next === 0x50 || next === 0x58 || next === 0x5e || next === 0x5f) {
    return string(i + 2, terminator); // OSC, DCS, SOS, PM, APC
  }
  let end = i + 1;
  while (inRange(line.charCodeAt(end), 0x20, 0x2f)) {
    end++;
  }
  return inRange(line.charCodeAt(end), 0x30, 0x7e) ? end + 1 : i + 1;
}

function c1(line, i, c, terminator, out) {
  if (c === 0x9b) {
    return csi(line, i + 1, out);
  }
  const isString = c === 0x9d || c === 0x90 || c === 0x98 || c === 0x9e || c === 0x9f;
  return isString ? string(i + 1, terminator) : i + 1;
}

/** A control sequence from its first parameter on; only SGR has an effect. */
function csi(line, start, out) {
  let i = start;
  while (inRange(line.charCodeAt(i), 0x30, 0x3f)) {
    i++;
  }
  const params = line.slice(start, i);
  const plainParams = i;
  while (inRange(line.charCodeAt(i), 0x20, 0x2f)) {
    i++;
  }
  const final = line.charCodeAt(i);
  if (!inRange(final, 0x40, 0x7e)) {
    return i; // cut off or broken: what follows is text
  }
  if (final === 0x6d && i === plainParams && /^[\d;:]*$/.test(params)) {
    out.style(params);
  }
  return i + 1;
}

/** A string sequence ends at its terminator; without one only its start is dropped. */
function string(start, terminator) {
  const end = terminator(start);
  return end < 0 ? start : end;
}

/** Finds the end of the string sequence that contains an index; linear over all calls for a line. */
function terminatorFinder(line) {
  let at = -1; // where the last search stopped: a terminator, or the end of the line
  let after = -1;
  return (from) => {
    if (at < from) {
      at = from;
      after = -1;
      for (; at < line.length && after < 0; at++) {
        const c = line.charCodeAt(at);
        if (c === BEL || c === 0x9c) {
          after = at + 1;
        } else if (c === ESC && line.charCodeAt(at + 1) === 0x5c) {
          after = at + 2;
        }
      }
    }
    return after;
  };
}

function inRange(c, low, high) {
  return c >= low && c <= high;
}

function isSpecial(c) {
  return (
    (c < 0x20 && c !== 0x09) || inRange(c, 0x7f, 0x9f) || c === 0xad || (c >= 0x34f && isInvisible(c))
  );
}

/** Zero-width, blank and direction controls; not the joiners, which emoji and scripts need. */
function isInvisible(c) {
  return (
    c === 0x34f ||
    c === 0x61c ||
    c === 0x115f ||
    c === 0x1160 ||
    c === 0x180e ||
    c === 0x3164 ||
    c === 0xfeff ||
    c === 0xffa0 ||
    inRange(c, 0xfff9, 0xfffb) ||
    c === 0x200b ||
    c === 0x200e ||
    c === 0x200f ||
    inRange(c, 0x2028, 0x202e) ||
    inRange(c, 0x2060, 0x2069)
  );
}

/** Collects text under the style in force. */
class Pieces {
  #pieces = [];
  #text = '';
  #classes = '';
  #style = newStyle();
  #max;

  constructor(max) {
    this.#max = max;
  }

  write(text) {
    this.#text += text;
  }

  writeEscaped(text) {
    if (this.#full()) {
      this.write(text);
      return;
    }
    this.#flush();
    this.#pieces.push({ text, classes: 'esc' });
  }

  style(params) {
    applySgr(this.#style, params);
    const classes = styleClasses(this.#style);
    if (classes !== this.#classes) {
      this.#flush();
      this.#classes = this.#full() ? '' : classes;
    }
  }

  end() {
    this.#flush();
    return this.#pieces;
  }

  #full() {
    return this.#pieces.length >= this.#max;
  }

  #flush() {
    if (this.#text === '') {
      return;
    }
    const last = this.#pieces[this.#pieces.length - 1];
    if (this.#full() && last?.classes === '') {
      last.text += this.#text;
    } else {
      this.#pieces.push({ text: this.#text, classes: this.#full() ? '' : this.#classes });
    }
    this.#text = '';
  }
}

function newStyle() {
  return {
    fg: -1,
    bg: -1,
    bold: false,
    dim: false,
    italic: false,
    underline: false,
    strike: false,
    inverse: false,
  };
}

function styleClasses(style) {
  let classes = '';
  if (style.fg >= 0) classes += ' fg' + style.fg;
  if (style.bg >= 0) classes += ' bg' + style.bg;
  if (style.bold) classes += ' bold';
  if (style.dim) classes += ' faint';
  if (style.italic) classes += ' italic';
  if (style.underline) classes += ' underline';
  if (style.strike) classes += ' strike';
  if (style.inverse) classes += ' inverse';
  return classes.slice(1);
}

/**
 * Applies the parameters between `CSI` and `m`. Sub-parameters after colons belong to their
 * parameter alone (ISO 8613-6): where they mean nothing here, the whole parameter has no effect.
 * Blinking and concealed text stay plain: a log has nothing to hide from its reader.
 */
function applySgr(style, params) {
  const list = params.split(';', MAX_PARAMS);
  for (let i = 0; i < list.length; i++) {
    if (list[i].includes(':')) {
      applyWithColons(style, list[i].split(':', MAX_PARAMS).map(Number));
      continue;
    }
    const code = Number(list[i]);
    if (code === 38 || code === 48 || code === 58) {
      i += applyExtended(style, code, list, i + 1);
    } else if (inRange(code, 30, 37)) style.fg = code - 30;
    else if (inRange(code, 90, 97)) style.fg = code - 90 + 8;
    else if (inRange(code, 40, 47)) style.bg = code - 40;
    else if (inRange(code, 100, 107)) style.bg = code - 100 + 8;
    else applySimple(style, code);
  }
}

function applySimple(style, code) {
  switch (code) {
    case 0:
      Object.assign(style, newStyle());
      break;
    case 1:
      style.bold = true;
      break;
    case 2:
      style.dim = true;
      break;
    case 3:
      style.italic = true;
      break;
    case 4:
    case 21: // double
      style.underline = true;
      break;
    case 7:
      style.inverse = true;
      break;
    case 9:
      style.strike = true;
      break;
    case 22:
      style.bold = style.dim = false;
      break;
    case 23:
      style.italic = false;
      break;
    case 24:
      style.underline = false;
      break;
    case 27:
      style.inverse = false;
      break;
    case 29:
      style.strike = false;
      break;
    case 39:
      style.fg = -1;
      break;
    case 49:
      style.bg = -1;
      break;
    default: // unknown: no effect
  }
}

/** 4:0 to 4:5 (kinds of underline), 38:5:n, 38:2:r:g:b, and 38:2:i:r:g:b with a colour space i. */
function applyWithColons(style, [code, kind, ...rest]) {
  if (code === 4 && kind <= 5) {
    style.underline = kind !== 0;
  } else if (kind === 5) {
    setColour(style, code, from256(rest[0]));
  } else if (kind === 2) {
    const [r, g, b] = rest.length > 3 ? rest.slice(1) : rest;
    setColour(style, code, fromRgb(r, g, b));
  }
}

/**
 * 38;5;n and 38;2;r;g;b from the kind on; returns how many parameters they are. After any other
 * kind nobody knows how many belong to it, so none of the rest has an effect.
 */
function applyExtended(style, code, list, i) {
  const kind = list[i];
  const numbers = list.slice(i + 1, i + 4).map(Number); // NaN of one with sub-parameters
  if (kind === '5') {
    setColour(style, code, from256(numbers[0]));
    return 2;
  }
  if (kind === '2') {
    setColour(style, code, fromRgb(...numbers));
    return 4;
  }
  return list.length;
}

/** Underlines have no colour of their own here, and colours that do not exist change nothing. */
function setColour(style, code, colour) {
  if (colour !== undefined && code === 38) {
    style.fg = colour;
  } else if (colour !== undefined && code === 48) {
    style.bg = colour;
  }
}

/** The nearest of the 16 colours to one of 256, or undefined. */
function from256(n) {
  if (!inRange(n, 0, 255)) {
    return undefined;
  }
  if (n < 16) {
    return n;
  }
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10;
    return fromRgb(grey, grey, grey);
  }
  const level = (v) => (v === 0 ? 0 : 55 + v * 40);
  const cube = n - 16;
  return fromRgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** Hue by which channels are strong, brightness by the strongest; undefined for no colour. */
function fromRgb(r, g, b) {
  if (![r, g, b].every((channel) => inRange(channel, 0, 255))) {
    return undefined;
  }
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  if (high - low < 32) {
    return high < 64 ? 0 : high < 140 ? 8 : high < 220 ? 7 : 15;
  }
  const middle = (high + low) / 2;
  const hue = (r > middle ? 1 : 0) + (g > middle ? 2 : 0) + (b > middle ? 4 : 0);
  return hue + (high > 200 ? 8 : 0);
}
