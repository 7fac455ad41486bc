/** Every sentence that depends on what happened, in one place. */

const NUMBER = new Intl.NumberFormat('en');

const CAUSES = {
  slow: 'this page could not keep up with the log',
  evicted: 'the router no longer holds them',
  upstream: 'they were lost on their way to the router',
  failover: 'another router took over the log',
  unwatched: 'nobody was watching the app, so nobody read its log',
  quota: 'the app logged more than its limit allows',
  untold: 'the router did not say why',
};

const NOTICES = {
  nats_reconnecting: 'The log source is away; the router is reconnecting to it.',
  nats_connected: 'The log source is back.',
  nats_connecting: 'The router is not connected to the log source yet.',
  nats_refused: 'The log source refuses the router. Its operator has to look into it.',
  upstream_refused:
    'The log source refuses this app to the router, so lines are missing. Its operator has to look into it.',
  token_not_checked: 'The router was too busy to check the new token.',
  waiting_for_owner: 'Waiting for the router that reads this app.',
};

export function number(n) {
  return NUMBER.format(n);
}

/** `1 line`, `2 lines`. */
export function lines(n) {
  return `${number(n)} ${n === 1 ? 'line' : 'lines'}`;
}

export function gapText({ count, cause }) {
  const what =
    count === undefined ? 'An unknown number of lines is missing' : `${lines(count)} missing`;
  return `${what}: ${CAUSES[cause] ?? cause}`;
}

export function skippedText({ lines: skipped, gaps }) {
  const also = gaps > 0 ? `, and ${number(gaps)} ${gaps === 1 ? 'gap' : 'gaps'} among them` : '';
  return `${lines(skipped)} skipped: more came than this page keeps while it is paused, hidden or scrolled up${also}`;
}

export function olderText(gone) {
  return `${lines(gone)} before this ${gone === 1 ? 'is' : 'are'} no longer on this page, to make room`;
}

export function noticeText({ code, detail }) {
  return NOTICES[code] ?? (detail || code);
}

export function reconnectedText(ms) {
  return `Connected again after ${seconds(ms)}`;
}

/** Whole seconds, but never 0. */
export function seconds(ms) {
  return `${number(Math.max(1, Math.round(ms / 1000)))} s`;
}

const REFUSALS = {
  origin_not_allowed:
    'The router refuses streams to this page’s address. If it is the router’s own page, a proxy on ' +
    'the way rewrites the Host header: its operator has to let it pass unchanged, or to add this ' +
    'page’s address to FLYLINE_CORS_ORIGINS.',
  too_many_viewers: 'The router has no room for another reader. This page keeps trying.',
  too_many_viewers_per_user:
    'You have too many logs open. Close another one, and this page goes on by itself.',
  too_many_viewers_per_app: 'Too many readers have this app’s log open. This page keeps trying.',
};

/** What an answer with an error status means to a person who holds a token. */
export function refusalText({ status, code, detail }) {
  if (Object.hasOwn(REFUSALS, code ?? '')) {
    return REFUSALS[code];
  }
  switch (status) {
    case 0:
      return 'The router does not answer. This page keeps trying.';
    case 200:
      return (
        'The router answers, but no stream gets through. If a proxy is on the way, its operator has ' +
        'to let it pass WebSockets (Upgrade and Connection). This page keeps trying.'
      );
    case 401:
      return 'The token was refused. It may have expired; paste a new one.';
    case 403:
      return 'This token does not allow this app.';
    case 429:
      return 'Too many streams are open, or too many were opened. This page keeps trying.';
    case 503:
      return 'The router is stopping; another one will answer soon.';
    default:
      return detail || `The router answered with status ${status}.`;
  }
}

/** `12:00:00.123` in the reader's time zone or in UTC. */
export function clock(ms, utc) {
  const d = new Date(ms);
  return utc
    ? parts(d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds())
    : parts(d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds());
}

function parts(h, m, s, ms) {
  return `${two(h)}:${two(m)}:${two(s)}.${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}`;
}

function two(n) {
  return n < 10 ? '0' + n : String(n);
}
