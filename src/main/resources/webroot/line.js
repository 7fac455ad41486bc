/**
 * What one payload says: when, where, how bad, and the message.
 *
 * Anybody may have written the payload, so nothing here trusts the type, size or range of a field:
 * a field that is not what it should be is shown with the message instead of being understood.
 */

import { plain, tokenize } from './ansi.js';
import { compact, ExactNumber, isObject, parseObject } from './json.js';
import { guessLevel, levelOfJson, levelOfWord, LEVEL_KEYS } from './level.js';

/** Longer messages are shown up to here until somebody asks for the rest. */
export const SHOWN_CHARS = 2000;

/** And so are messages of more lines: one message must not push all others out of sight. */
export const SHOWN_BREAKS = 200;

/** Pieces of one message, each an element or a text of the page; past it the rest is plain. */
export const MAX_PIECES = 128;

const GUESS_CHARS = 240; // a level stands near the start of a line
const MAX_FIELDS = 40;
const MAX_DEPTH = 3;
const MAX_NAME_CHARS = 64; // Fly's regions have 3, its machines 14
const MAX_TIME_CHARS = 40; // 2026-11-20T12:00:00.123456789+01:00 has 35

const ENVELOPE_KEYS = new Set(['event', 'fly', 'host', 'log', 'message', 'timestamp']);
const CUT_MARK = / …\[flyline: cut \d{1,12} bytes\]$/;
const MESSAGE_START = '"message":"';
const MESSAGE_KEYS = ['msg', 'message', 'event', 'text'];
const TIME_KEYS = ['time', 'ts', 'timestamp', '@timestamp', 'datetime'];

/**
 * @param {unknown} payload an element of a frame's `lines`: an object, or any other payload's text
 * @returns {{at: number, region: string, machine: string, provider: string, level: string,
 *     guessed: boolean, text: string, json: object|undefined}} `at` in ms since 1970 or NaN; `text`
 *     is the message as it came; `json` is the message, if it is an object
 */
export function readLine(payload) {
  if (!isObject(payload)) {
    const text = typeof payload === 'string' ? payload : compact(payload);
    const envelope = cutEnvelope(text);
    return envelope ? fromEnvelope(envelope) : withLevel(text, parseObject(text), '');
  }
  return isEnvelope(payload) ? fromEnvelope(payload) : fromObject(payload);
}

/** The line of a payload that readLine failed on: all of it as text, and nothing understood. */
export function rawLine(payload) {
  const line = { at: NaN, region: '', machine: '', provider: '', level: '', guessed: false };
  try {
    return { ...line, text: typeof payload === 'string' ? payload : compact(payload), json: undefined };
  } catch {
    return { ...line, text: '(a line that this page cannot show)', json: undefined };
  }
}

/** Fly's envelope, of which only the message is shown; any other object is shown whole. */
function isEnvelope(payload) {
  const { message } = payload;
  return isObject(payload.fly)
    ? message !== undefined && message !== null
    : typeof message === 'string' && Object.keys(payload).every((key) => ENVELOPE_KEYS.has(key));
}

/** The envelope that the router cut within its message, with what there is of the message. */
function cutEnvelope(text) {
  const mark = text.endsWith(' bytes]') ? CUT_MARK.exec(text) : null;
  const start = mark ? text.indexOf(MESSAGE_START) + MESSAGE_START.length : 0;
  const envelope = start < MESSAGE_START.length ? undefined : parseObject(text.slice(0, start) + '"}');
  if (envelope === undefined || !isEnvelope(envelope)) {
    return undefined;
  }
  const literal = text.slice(start, mark.index);
  for (const whole of [literal, literal.replace(/\\(?:u[\da-f]{0,3})?$/i, '')]) {
    try {
      return { ...envelope, message: JSON.parse(`"${whole}"`) + mark[0] };
    } catch {
      // it was cut within an escape sequence, or not within the message
    }
  }
  return undefined;
}

function fromEnvelope(payload) {
  const { message } = payload;
  const text = typeof message === 'string' ? message : compact(message);
  const stated = typeof payload.log?.level === 'string' ? payload.log.level : '';
  return {
    ...withLevel(text, isObject(message) ? message : parseObject(text), stated),
    at: time(payload.timestamp),
    region: name(payload.fly?.region),
    machine: name(payload.fly?.app?.instance),
    provider: name(payload.event?.provider),
  };
}

function fromObject(payload) {
  const line = withLevel(compact(payload), payload, '');
  return { ...line, at: time(firstOf(payload, TIME_KEYS)) };
}

function withLevel(text, json, stated) {
  return {
    at: NaN,
    region: '',
    machine: '',
    provider: '',
    text,
    json,
    ...level(text, json, stated),
  };
}

/** Fly says `info` of nearly every line of an app, so a message that says otherwise is believed. */
function level(text, json, stated) {
  const known = levelOfWord(stated);
  if (known !== '' && known !== 'info') {
    return { level: known, guessed: false };
  }
  const guess = json
    ? levelOfJson(firstOf(json, LEVEL_KEYS))
    : guessLevel(plain(tokenize(text.slice(0, 2 * GUESS_CHARS))).slice(0, GUESS_CHARS));
  if (guess !== '' && guess !== known) {
    return { level: guess, guessed: true };
  }
  return { level: known, guessed: false };
}

/**
 * The message as pieces to show: a JSON object as `msg key=value`, anything else as it is.
 *
 * @returns {{pieces: {text: string, classes: string}[], isCut: boolean}} at most MAX_PIECES and
 *     two more pieces, and whether they leave some of the message out
 */
export function messagePieces(line, limit = SHOWN_CHARS) {
  if (line.json) {
    return jsonPieces(line.json, limit);
  }
  const shown = cut(line.text, limit);
  return { pieces: tokenize(shown, MAX_PIECES), isCut: shown.length < line.text.length };
}

function jsonPieces(json, limit) {
  const messageKey = MESSAGE_KEYS.find((key) => typeof json[key] === 'string');
  const message = messageKey ? json[messageKey] : '';
  const shownMessage = cut(message, limit);
  const pieces = tokenize(shownMessage, MAX_PIECES);
  const fields = flatten(json, understood(json, messageKey));
  let left = limit - shownMessage.length;
  let isCut = shownMessage.length < message.length || fields.length > MAX_FIELDS;
  for (const [key, value] of fields.slice(0, MAX_FIELDS)) {
    if (left <= 0) {
      isCut = true;
      break;
    }
    const shownKey = cut(key, left);
    const shown = cut(value, Math.max(0, left - shownKey.length));
    append(pieces, { text: (pieces.length > 0 ? ' ' : '') + plain(tokenize(shownKey)) + '=', classes: 'key' });
    for (const piece of tokenize(shown, MAX_PIECES - pieces.length)) {
      append(pieces, piece);
    }
    left -= shownKey.length + shown.length;
    isCut ||= shownKey.length + shown.length < key.length + value.length;
  }
  return { pieces: pieces.length > 0 ? pieces : [{ text: '{}', classes: 'key' }], isCut };
}

/** The fields that the row shows elsewhere: the message, the level and the time. */
function understood(json, messageKey) {
  return new Set([
    messageKey,
    ...LEVEL_KEYS.filter((key) => levelOfJson(json[key]) !== ''),
    ...TIME_KEYS.filter((key) => !Number.isNaN(time(json[key]))),
  ]);
}

/** Adds a piece; once there are many its text joins the last one, without a style of its own. */
function append(pieces, piece) {
  const last = pieces[pieces.length - 1];
  if (pieces.length < MAX_PIECES) {
    pieces.push(piece);
  } else if (last.classes === '') {
    last.text += piece.text;
  } else {
    pieces.push({ text: piece.text, classes: '' });
  }
}

/** Nested objects as dotted keys, deeper ones and lists as JSON; one field too many at most. */
function flatten(json, skipped) {
  const fields = [];
  const visit = (object, prefix, depth) => {
    for (const [key, value] of Object.entries(object)) {
      if (fields.length > MAX_FIELDS) {
        return;
      }
      if (depth === 1 && skipped.has(key)) {
        continue;
      }
      if (isObject(value) && depth < MAX_DEPTH && Object.keys(value).length > 0) {
        visit(value, prefix + key + '.', depth + 1);
      } else {
        fields.push([prefix + key, fieldText(value)]);
      }
    }
  };
  visit(json, '', 1);
  return fields;
}

function fieldText(value) {
  if (typeof value !== 'string') {
    return compact(value);
  }
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value;
}

/** Cuts at a bounded number of characters and lines, never inside a surrogate pair. */
function cut(text, limit) {
  let end = Math.min(text.length, limit);
  let breaks = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < end; i = text.indexOf('\n', i + 1)) {
    if (++breaks > SHOWN_BREAKS) {
      end = i;
    }
  }
  if (end === text.length) {
    return text;
  }
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}

function firstOf(object, keys) {
  return object[keys.find((key) => object[key] !== undefined && object[key] !== null)];
}

/** A name as the page may show it in a cell; '' for what is none. */
function name(value) {
  if (typeof value !== 'string') {
    return '';
  }
  const shown = plain(tokenize(value.slice(0, MAX_NAME_CHARS))).replaceAll('\n', ' ');
  return value.length > MAX_NAME_CHARS ? shown + '…' : shown;
}

/** ISO text, or a count of seconds, milliseconds, microseconds or nanoseconds since 1970. */
function time(value) {
  if (typeof value === 'string') {
    return value.length <= MAX_TIME_CHARS && /^\d{4}-\d\d-\d\d[T ]/.test(value)
      ? Date.parse(value)
      : NaN;
  }
  const count = value instanceof ExactNumber ? Number(value.source) : value;
  if (typeof count !== 'number' || !(count >= 1e9 && count < 1e20)) {
    return NaN; // before September 2001, or after what any unit means
  }
  if (count < 1e11) {
    return count * 1e3;
  }
  return count < 1e14 ? count : count < 1e17 ? count / 1e3 : count / 1e6;
}
