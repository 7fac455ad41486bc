/**
 * JSON as logs hold it: numbers keep the digits they were written with, and nothing is deeper than
 * the code that walks it can bear.
 */

/** As the router: deeper than this is no JSON for us but text. A frame holds a payload two deeper. */
const MAX_DEPTH = 128;

/** Numbers that a double may round or cannot hold: long ones, and those with an exponent. */
const INEXACT = /\d{16}|\d[eE][+-]?\d/;

/** A number that a double would round, such as a 64-bit id. */
export class ExactNumber {
  constructor(source) {
    this.source = source;
  }
}

/** Parses JSON; throws SyntaxError as JSON.parse does. */
export function parse(text) {
  if (isDeep(text)) {
    throw new SyntaxError('nested too deeply');
  }
  // Revivers are slow, and few texts need one.
  return INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key, value, context) {
  const source = context?.source; // browsers before 2025 do not tell the source
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? new ExactNumber(source)
    : value;
}

/** Whether arrays and objects are nested deeper than MAX_DEPTH; reads no further than that. */
function isDeep(text) {
  if (text.length <= MAX_DEPTH) {
    return false;
  }
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = endOfString(text, i + 1);
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_DEPTH) {
        return true;
      }
    } else if (c === 0x7d || c === 0x5d) {
      depth--;
    }
  }
  return false;
}

/** The index of the quote that ends a string, or the text's length. */
function endOfString(text, from) {
  let i = from;
  while (i < text.length && text.charCodeAt(i) !== 0x22) {
    i += text.charCodeAt(i) === 0x5c ? 2 : 1;
  }
  return i;
}

/** Returns the object that text spells, or undefined if it spells none. */
export function parseObject(text) {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) {
    return undefined;
  }
  try {
    return parse(trimmed);
  } catch {
    return undefined;
  }
}

export function isObject(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof ExactNumber)
  );
}

/** Indented by two, as people read it; past a depth that no person reads, on one line. */
export function pretty(value, indent = '', depth = 0) {
  if (depth >= 20 || typeof value !== 'object' || value === null || value instanceof ExactNumber) {
    return compact(value);
  }
  const inner = indent + '  ';
  const show = (item) => pretty(item, inner, depth + 1);
  if (Array.isArray(value)) {
    return value.length === 0
      ? '[]'
      : '[\n' + value.map((item) => inner + show(item)).join(',\n') + '\n' + indent + ']';
  }
  const entries = Object.entries(value);
  return entries.length === 0
    ? '{}'
    : '{\n' +
        entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${show(item)}`).join(',\n') +
        `\n${indent}}`;
}

/** On one line, without spaces. */
export function compact(value) {
  if (value instanceof ExactNumber) {
    return value.source;
  }
  if (Array.isArray(value)) {
    return '[' + value.map(compact).join(',') + ']';
  }
  if (isObject(value)) {
    const pair = ([key, item]) => JSON.stringify(key) + ':' + compact(item);
    return '{' + Object.entries(value).map(pair).join(',') + '}';
  }
  // JSON.stringify calls 1e999 null, and it knows nothing of undefined.
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '');
}
