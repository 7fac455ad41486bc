/** The page: asks for a token and an app, and joins the stream, the view and the controls. */

import { ask, takeFragment } from './access.js';
import { Connection } from './connection.js';
import { Gate } from './gate.js';
import { Inbox } from './inbox.js';
import { Tracker } from './tracker.js';
import { LogView } from './view.js';
import { lines, number, seconds } from './words.js';

const FLUSH_MS = 100;
const FLUSH_ITEMS = 1500;

const $ = (id) => document.getElementById(id);

const env = {
  WebSocket,
  ask,
  now: () => Date.now(),
  random: Math.random,
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

const inbox = new Inbox();
const view = new LogView($('scroller'), $('log'), viewChanged);

let token = ''; // in memory only: this page puts it into no storage and no address
let apps = [];
let app = '';
let wanted = ''; // the app that the address asked for
let connection;
let state = { name: 'idle' };
let paused = false;
let shown = 0;
let lost = { lines: 0, unknown: false };

// --- the token and the app ---

const gate = new Gate(() => app === '', enter);

/**
 * `#token=…&app=…` is read once and leaves the address bar at once, so that it is neither copied nor
 * reloaded; the app may stay. The browser's history has seen it by then, which the help says.
 */
function begin() {
  const given = takeFragment(location.hash);
  wanted = given.app || wanted;
  showAddress(wanted);
  if (given.token === '') {
    gate.askToken();
  } else {
    gate.tryToken(given.token);
  }
}

function showAddress(name) {
  const hash = name === '' ? '' : `#app=${encodeURIComponent(name)}`;
  history.replaceState(null, '', location.pathname + location.search + hash);
}

/** The router has taken a token. */
function enter(granted, allowed) {
  token = granted;
  apps = allowed;
  if (apps.includes(app) && app === (wanted || app)) {
    goOn();
  } else if (apps.includes(wanted)) {
    openApp(wanted);
  } else if (apps.length === 1) {
    openApp(apps[0]);
  } else {
    const why = wanted === '' ? '' : `This token does not allow the app ${wanted}.`;
    gate.askApp(apps, openApp, why);
  }
}

function openApp(name) {
  app = wanted = name;
  gate.close();
  showAddress(name);
  document.title = `${name} · flyline`;
  for (const id of ['state', 'tools', 'foot', 'app']) {
    $(id).hidden = false;
  }
  setPaused(false);
  clear();
  connection?.stop();
  connection = new Connection({
    base: document.baseURI,
    app: name,
    token,
    tracker: new Tracker(),
    onState: showState,
    onItems: receive,
    onFrame: showFrame,
    env,
  });
  connection.start();
  showApps();
  $('scroller').focus();
}

/** The same app with a new token: the lines stay and the stream resumes. */
function goOn() {
  gate.close();
  showApps();
  connection.useToken(token);
  $('scroller').focus();
}

function showApps() {
  $('app').replaceChildren(...apps.map((name) => new Option(name, name, false, name === app)));
}

// --- what comes in ---

let flushedMs = 0;
let flushing = false;

function receive(items) {
  for (const item of items) {
    if (item.kind === 'gap') {
      lost.lines += item.count ?? 0;
      lost.unknown ||= item.count === undefined;
    }
  }
  inbox.push(items);
  schedule();
}

/** At most one flush per frame and per FLUSH_MS; none while nobody can see it. */
function schedule() {
  if (paused) {
    showState(state);
  }
  if (view.isHeld) {
    showPill();
  }
  if (flushing || paused || view.isHeld || document.hidden || inbox.isEmpty) {
    return;
  }
  flushing = true;
  const wait = Math.max(0, flushedMs + FLUSH_MS - performance.now());
  setTimeout(() => requestAnimationFrame(flush), wait);
}

function flush() {
  flushing = false;
  flushedMs = performance.now();
  if (paused || view.isHeld || document.hidden) {
    return;
  }
  const items = inbox.take(FLUSH_ITEMS);
  shown += items.filter((item) => item.kind === 'line').length;
  view.append(items);
  showCounts();
  schedule();
}

function clear() {
  inbox.clear();
  view.clear();
  shown = 0;
  lost = { lines: 0, unknown: false };
  showCounts();
}

// --- what is shown beside the lines ---

const BADGES = {
  idle: ['', ''],
  connecting: ['wait', 'Connecting'],
  live: ['good', 'Live'],
  paused: ['pause', 'Paused'],
  waiting: ['wait', 'Reconnecting'],
  expired: ['bad', 'Token needed'],
  denied: ['bad', 'Denied'],
  blocked: ['bad', 'Blocked'],
  ended: ['off', 'Ended'],
};

let countdown;

function showState(next) {
  state = next;
  clearTimeout(countdown);
  const name = state.name === 'live' && paused ? 'paused' : state.name;
  let detail = ''; // changes all the time, so it is not read out
  if (name === 'waiting') {
    detail = ` in ${seconds(Math.max(0, state.until - Date.now()))}`;
    countdown = setTimeout(() => showState(state), 500);
  } else if (name === 'paused' && inbox.lines > 0) {
    detail = `, ${number(inbox.lines)} waiting`;
  }
  const [tone, words] = BADGES[name];
  $('state').dataset.state = name;
  $('state').dataset.tone = tone;
  setText($('state-words'), words);
  setText($('state-detail'), detail);
  showBanner();
  showEmpty();
}

/** Writes only what changed: a live region is read out again otherwise. */
function setText(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

function showBanner() {
  const action = {
    expired: ['Paste a new token', () => gate.askToken()],
    denied: ['Use another token', () => gate.askToken()],
    blocked: ['Try again', () => connection.retry()],
    ended: ['Open it again', () => openApp(app)],
  }[state.name];
  $('banner').hidden = !state.detail;
  $('banner-action').hidden = action === undefined;
  setText($('banner-text'), state.detail ?? '');
  if (action) {
    $('banner-action').textContent = action[0];
    $('banner-action').onclick = action[1];
  }
}

function showEmpty() {
  const words = { connecting: 'Connecting…', live: 'No lines yet. New ones appear here as they come.' };
  $('empty').textContent = words[state.name] ?? '';
  $('empty').hidden = view.total > 0 || $('empty').textContent === '';
}

function showCounts() {
  $('count').textContent = lines(shown);
  $('loss').hidden = lost.lines === 0 && !lost.unknown;
  $('loss').textContent = lost.unknown
    ? lost.lines > 0
      ? `at least ${number(lost.lines)} missing`
      : 'some missing'
    : `${number(lost.lines)} missing`;
  showEmpty();
}

function showFrame(frame) {
  if (frame.type === 'hello') {
    $('where').textContent = frame.region ? `router in ${frame.region}` : '';
  } else if (frame.type === 'expiring') {
    inbox.push([
      { kind: 'notice', detail: `The token ends in ${seconds(frame.in * 1000)}.` },
    ]);
    schedule();
  }
}

/** Following again shows what waited while somebody read further up. */
function viewChanged() {
  showPill();
  schedule();
}

function showPill() {
  const pill = $('pill');
  const unseen = view.unseen + (paused ? 0 : inbox.lines);
  pill.hidden = view.pinned;
  setText(pill, unseen === 0 ? 'Newest' : `${number(unseen)} new ${unseen === 1 ? 'line' : 'lines'}`);
}

// --- controls ---

function setPaused(value) {
  paused = value;
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  $('pause').classList.toggle('on', paused);
  showState(state);
  schedule();
}

function toggleClock() {
  view.setUtc(!view.utc);
  $('clock').textContent = view.utc ? 'UTC' : 'Local';
}

function toggleWrap() {
  const wrap = $('log').classList.toggle('wrap');
  $('wrap').setAttribute('aria-pressed', String(wrap));
}

function toLive() {
  setPaused(false);
  view.pin();
}

const SHORTCUTS = {
  ' ': () => setPaused(!paused),
  End: toLive,
  G: toLive,
  Home: () => view.toOldest(),
  g: () => view.toOldest(),
  t: toggleClock,
  z: toggleWrap,
  '?': () => $('keys').showModal(),
};

function onKey(event) {
  const run = SHORTCUTS[event.key];
  const isButton = event.target.closest('button') !== null;
  if (!run || event.ctrlKey || event.metaKey || event.altKey || (isButton && event.key === ' ')) {
    return;
  }
  event.preventDefault();
  run();
}

$('pause').addEventListener('click', () => setPaused(!paused));
$('clock').addEventListener('click', toggleClock);
$('wrap').addEventListener('click', toggleWrap);
$('clear').addEventListener('click', clear);
$('help').addEventListener('click', () => $('keys').showModal());
$('pill').addEventListener('click', () => {
  toLive();
  $('scroller').focus();
});
$('scroller').addEventListener('keydown', onKey);
$('tools').addEventListener('click', (event) => {
  if (event.detail > 0) {
    $('scroller').focus({ preventScroll: true }); // a click must not end the shortcuts
  }
});
$('app').addEventListener('change', () => openApp($('app').value));
$('token-again').addEventListener('click', () => gate.askToken());
addEventListener('hashchange', () => {
  if (takeFragment(location.hash).token !== '') {
    begin();
  }
});
addEventListener('online', () => connection?.wake());
addEventListener('pageshow', () => connection?.wake());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    connection?.wake();
    schedule();
  }
});

begin();
