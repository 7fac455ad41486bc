/** JSON as logs hold it: numbers keep the digits they were written with. */

/** A number that a double would round, such as a 64-bit id. */
export class ExactNumber {
  constructor(source) {
    this.source = source;
  }
}

/** Parses JSON; throws SyntaxError as JSON.parse does. */
export function parse(text) {
  // Revivers are slow, and only long numbers need one.
  return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key, value, context) {
  const source = context?.source; // browsers before 2025 do not tell the source
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? new ExactNumber(source)
    : value;
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
  return JSON.stringify(value);
}
