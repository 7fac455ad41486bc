/** Levels: what a program calls them, and what a message's own words say. */

export const LEVEL_KEYS = ['level', 'severity', 'lvl', 'loglevel', 'log.level'];

const LEVELS = new Map([
  ...words('fatal', 'fatal panic emerg emergency alert critical crit'),
  ...words('error', 'error err eror severe failure'),
  ...words('warn', 'warn warning wrn'),
  ...words('info', 'info information inf notice'),
  ...words('debug', 'debug dbug dbg fine'),
  ...words('trace', 'trace trc verbose finest'),
]);

const NUMBERED = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']; // pino and bunyan

const WORD =
  'fatal|panic|emerg|critical|crit|error|err|eror|severe|warn|warning|wrn|info|inf|debug|dbug|dbg|trace|trc';

/** java.lang.IllegalStateException: …, TypeError: …, and what is thrown because of it. */
const THROWN =
  /^(?:Caused by:|Traceback \(|Unhandled |thread '[^']{0,80}' panicked|[\w$.:]{0,200}(?:Exception|Error)(?::|\s*(?:\n|$)))/;

/** level=error, "severity": "warn" */
const FIELD = /\b(?:level|lvl|severity|loglevel)["']?\s{0,4}[=:]\s{0,4}["']?([a-z]{3,11})\b/i;

/** [error], <warn>, (info) */
const BRACKETED = new RegExp(`[\\[(<] ?(${WORD}) ?[\\])>]`, 'i');

/** error: …, WARN - …, at the start or after a time; a sentence that only begins so is no level. */
const FIRST = new RegExp(`^[\\s\\d:.,/TZ+-]{0,60}(${WORD})\\s{0,4}(?:[:|!]|- )`, 'i');

/** ERROR anywhere, but not in a path, an option or a name. */
const SHOUTED = new RegExp(`(?:^|[^\\w/.=&?-])(${WORD.toUpperCase()})(?![\\w/-])`);

/** E1120 10:00:00.000000 */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:/;
const KLOG_LEVELS = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };

/** The level that a program's word means, or ''. */
export function levelOfWord(word) {
  return LEVELS.get(word.toLowerCase()) ?? '';
}

/** The level that a JSON field's value means, or ''. */
export function levelOfJson(value) {
  if (typeof value === 'number') {
    return value >= 10 && value <= 60 ? NUMBERED[Math.round(value / 10) - 1] : '';
  }
  return typeof value === 'string' && value.length < 20 ? levelOfWord(value) : '';
}

/** The level that the start of a message names as its own, or '' if it names none. */
export function guessLevel(start) {
  if (THROWN.test(start)) {
    return 'error';
  }
  const klog = KLOG.exec(start);
  if (klog) {
    return KLOG_LEVELS[klog[1]];
  }
  const field = levelOfWord(FIELD.exec(start)?.[1] ?? '');
  if (field !== '') {
    return field;
  }
  const word = FIRST.exec(start) ?? BRACKETED.exec(start) ?? SHOUTED.exec(start);
  return word ? levelOfWord(word[1]) : '';
}

function words(level, names) {
  return names.split(' ').map((name) => [name, level]);
}
