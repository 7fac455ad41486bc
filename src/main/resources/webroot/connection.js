/** One app's stream over WebSocket, reconnected and resumed for as long as there is hope. */

import { parseObject } from './json.js';
import { refusalText } from './words.js';

const OPEN_MS = 15_000; // an address that swallows packets answers nothing at all
const SILENCE_MS = 40_000; // the router pings every 15 s
const STABLE_MS = 30_000; // a stream this old has earned a fresh back-off
const CHECK_MS = 5_000;
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 20_000;
const MAX_ASKED_WAIT_MS = 300_000; // no router asks for more in good faith
const TOO_MANY_WAIT_MS = 5_000;

/** How long to wait before attempt n (0 is the first): full jitter over a doubling ceiling. */
export function backoff(attempt, random) {
  const ceiling = Math.min(MAX_WAIT_MS, 2 * MIN_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(MIN_WAIT_MS + random() * (ceiling - MIN_WAIT_MS));
}

/** The address of an app's log, relative to the page; parameters that are undefined are left out. */
export function logsUrl(base, app, params) {
  const url = new URL(`v1/apps/${encodeURIComponent(app)}/logs`, base);
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined) {
      url.searchParams.set(key, String(value));
    }
  }
  return url;
}

/**
 * States, told to `onState`: `connecting` and `waiting` (with `until`), both with a `detail` if the
 * reader should know why it takes so long; `live`; and four from which only a person leads on, with
 * `detail`: `expired` (needs a new token), `denied`, `blocked` (by what stands between page and
 * router), `ended`.
 */
export class Connection {
  #base;
  #app;
  #token;
  #tail;
  #tracker;
  #onState;
  #onItems;
  #onFrame;
  #env;

  #socket = undefined;
  #state = { name: 'idle' };
  #attempt = 0;
  #opened = false;
  #failures = 0; // handshakes refused in a row
  #why = ''; // what is wrong for as long as it is
  #heardMs = 0;
  #lostMs = undefined; // since when the stream is interrupted
  #timer = undefined; // the next attempt
  #check = undefined;
  #stable = undefined;

  constructor({ base, app, token, tail = 100, tracker, onState, onItems, onFrame, env }) {
    this.#base = base;
    this.#app = app;
    this.#token = token;
    this.#tail = tail;
    this.#tracker = tracker;
    this.#onState = onState;
    this.#onItems = onItems;
    this.#onFrame = onFrame ?? (() => {});
    this.#env = env;
  }

  get state() {
    return this.#state;
  }

  start() {
    this.#connect();
  }

  /** Ends it for good and tells nobody. */
  stop() {
    this.#release();
    this.#onState = this.#onItems = this.#onFrame = () => {};
  }

  /** Goes on where it was, with a new token. */
  useToken(token) {
    this.#token = token;
    this.#attempt = 0;
    this.#connect();
  }

  /** Something changed (network, visibility, a person's wish): looks at the link at once. */
  wake() {
    if (this.#state.name === 'waiting') {
      this.#connect();
    } else {
      this.#checkSilence();
    }
  }

  /** Tries once more where the connection had given up. */
  retry() {
    this.#connect();
  }

  #connect() {
    this.#release();
    this.#set({ name: 'connecting', detail: this.#why });
    const url = logsUrl(this.#base, this.#app, this.#place());
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    let socket;
    try {
      socket = new this.#env.WebSocket(url.href, ['flyline.v1', 'bearer.' + this.#token]);
    } catch {
      this.#stopAs('expired', 'The token holds characters that no token has.');
      return;
    }
    this.#socket = socket;
    this.#opened = false;
    this.#heardMs = this.#env.now();
    this.#watch();
    this.#listen(socket);
  }

  #place() {
    const since = this.#tracker.position;
    return since === undefined ? { tail: this.#tail } : { since };
  }

  #listen(socket) {
    const current = (handle) => (event) => {
      if (socket === this.#socket) {
        handle(event);
      }
    };
    socket.onopen = current(() => {
      this.#opened = true;
      this.#heardMs = this.#env.now();
    });
    socket.onmessage = current((event) => this.#message(event.data));
    socket.onclose = current((event) => {
      if (this.#opened) {
        this.#closed(event.code, event.reason);
      } else {
        this.#askWhy();
      }
    });
  }

  #message(text) {
    this.#heardMs = this.#env.now();
    const frame = parseObject(text);
    if (frame === undefined) {
      return; // not a frame; positions will show whether it was one
    }
    if (frame.type === 'hello') {
      this.#live();
    } else if (frame.type === 'bye') {
      this.#bye(frame);
      return;
    }
    this.#onFrame(frame);
    const items = this.#tracker.accept(frame, text.length);
    if (items.length > 0) {
      this.#onItems(items);
    }
  }

  #live() {
    this.#failures = 0;
    this.#why = '';
    if (this.#lostMs !== undefined) {
      this.#onItems([{ kind: 'reconnected', ms: this.#env.now() - this.#lostMs }]);
      this.#lostMs = undefined;
    }
    this.#stable = this.#env.setTimeout(() => {
      this.#attempt = 0;
    }, STABLE_MS);
    this.#set({ name: 'live' });
  }

  #bye(frame) {
    switch (frame.code) {
      case 'end':
        return this.#stopAs('ended', 'The stream has ended.');
      case 'expired':
      case 'revoked':
        return this.#stopAs('expired', 'The token has expired. Paste a new one to go on.');
      case 'forbidden':
        return this.#stopAs('denied', refusalText({ status: 403 }));
      default:
        return frame.reconnect === false
          ? this.#stopAs('denied', `The router ended the stream: ${frame.code}.`)
          : this.#again(frame.after_ms);
    }
  }

  #closed(code, reason) {
    if (code === 1000) {
      this.#stopAs('ended', 'The stream has ended.');
    } else if (code === 4401) {
      this.#stopAs('expired', 'The token has expired. Paste a new one to go on.');
    } else if (code === 4429) {
      this.#why = refusalText({ status: 429 });
      this.#again(Math.max(TOO_MANY_WAIT_MS, this.#nextBackoff()));
    } else if (code === 4403) {
      this.#stopAs('denied', refusalText({ status: 403 }));
    } else if (code >= 4400 && code < 4500) {
      this.#stopAs('denied', `The router ended the stream: ${reason || `code ${code}`}.`);
    } else {
      this.#again();
    }
  }

  /** A browser hides why a handshake was refused; a plain request for the same thing is told. */
  async #askWhy() {
    this.#release();
    const asked = (this.#socket = {}); // nobody's socket: marks this attempt as the current one
    let answer = { status: 0 };
    try {
      const params = { ...this.#place(), tail: 0, follow: false };
      answer = await this.#env.ask(logsUrl(this.#base, this.#app, params), this.#token);
    } catch {
      // no answer either: the network is away
    }
    if (asked === this.#socket) {
      this.#refused(answer);
    }
  }

  #refused(answer) {
    const { status, code, retryAfterMs } = answer;
    if (status === 401) {
      this.#stopAs('expired', refusalText(answer));
    } else if (code === 'origin_not_allowed') {
      this.#stopAs('blocked', refusalText(answer));
    } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      this.#stopAs('denied', refusalText(answer));
    } else {
      // A single failure passes by itself, mostly; a limit does not.
      this.#why = ++this.#failures > 1 || status === 429 ? refusalText(answer) : '';
      const floor = status === 429 ? TOO_MANY_WAIT_MS : 0;
      this.#again(retryAfterMs === undefined ? Math.max(floor, this.#nextBackoff()) : retryAfterMs);
    }
  }

  #nextBackoff() {
    return backoff(this.#attempt++, this.#env.random);
  }

  /** Comes back after `askedMs` if the router said so, else after the back-off. */
  #again(askedMs) {
    this.#release();
    const ms = Number.isFinite(askedMs)
      ? Math.min(MAX_ASKED_WAIT_MS, Math.max(0, askedMs))
      : this.#nextBackoff();
    this.#timer = this.#env.setTimeout(() => this.#connect(), ms);
    this.#set({ name: 'waiting', until: this.#env.now() + ms, detail: this.#why });
  }

  #stopAs(name, detail) {
    this.#release();
    this.#set({ name, detail });
  }

  /** Timers of hidden pages and sleeping machines come late, so the clock decides, not the count. */
  #watch() {
    this.#check = this.#env.setTimeout(() => {
      this.#watch();
      this.#checkSilence();
    }, CHECK_MS);
  }

  #checkSilence() {
    const limit = this.#opened ? SILENCE_MS : OPEN_MS;
    if (this.#check !== undefined && this.#env.now() - this.#heardMs > limit) {
      this.#again();
    }
  }

  #release() {
    for (const timer of [this.#timer, this.#check, this.#stable]) {
      this.#env.clearTimeout(timer);
    }
    this.#timer = this.#check = this.#stable = undefined;
    const socket = this.#socket;
    this.#socket = undefined; // its late events are nobody's
    socket?.close?.();
  }

  #set(state) {
    if (this.#state.name === 'live' && state.name !== 'live') {
      this.#lostMs = this.#env.now();
    }
    this.#state = state;
    this.#onState(state);
  }
}
