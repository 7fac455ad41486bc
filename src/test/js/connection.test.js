import assert from 'node:assert/strict';
import { test } from 'node:test';

import { backoff, Connection, logsUrl } from '../../main/resources/webroot/connection.js';
import { Tracker } from '../../main/resources/webroot/tracker.js';

/** A browser whose clock moves when told to and whose sockets do what the test says. */
class World {
  nowMs = 1_000_000;
  sockets = [];
  asked = [];
  answer = { status: 0 };
  states = [];
  items = [];
  #timers = new Map();
  #nextTimer = 1;

  constructor() {
    const world = this;
    this.connection = new Connection({
      base: 'https://logs.example/',
      app: 'shop',
      token: 'a.b.c',
      tracker: new Tracker(),
      onState: (state) => this.states.push(state),
      onItems: (items) => this.items.push(...items),
      env: {
        WebSocket: class {
          constructor(url, protocols) {
            Object.assign(this, { url, protocols, closed: false });
            world.sockets.push(this);
          }
          close() {
            this.closed = true;
          }
        },
        ask: async (url, token) => {
          this.asked.push({ url: url.href, token });
          return this.answer;
        },
        now: () => this.nowMs,
        random: () => 0.5,
        setTimeout: (run, ms) => {
          this.#timers.set(this.#nextTimer, { run, at: this.nowMs + ms });
          return this.#nextTimer++;
        },
        clearTimeout: (id) => this.#timers.delete(id),
      },
    });
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get state() {
    return this.connection.state;
  }

  open(at = 'e:0') {
    this.socket.onopen();
    this.send({ type: 'hello', app: 'shop', epoch: 'e', at });
  }

  send(frame) {
    this.socket.onmessage({ data: JSON.stringify(frame) });
  }

  logs(seq, ...lines) {
    this.send({ type: 'logs', app: 'shop', epoch: 'e', seq, lines });
  }

  advance(ms) {
    const end = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end);
      if (due.length === 0) {
        break;
      }
      const [id, timer] = due.sort((a, b) => a[1].at - b[1].at)[0];
      this.#timers.delete(id);
      this.nowMs = timer.at;
      timer.run();
    }
    this.nowMs = end;
  }

  get pendingTimers() {
    return this.#timers.size;
  }

  /** The handshake is refused; lets the question why be answered. */
  async refuse(answer) {
    this.answer = answer;
    this.socket.onclose({ code: 1006, reason: '' });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function started() {
  const world = new World();
  world.connection.start();
  return world;
}

test('the first stream asks for recent lines and carries the token as a subprotocol', () => {
  const world = started();
  assert.equal(world.socket.url, 'wss://logs.example/v1/apps/shop/logs?tail=100');
  assert.deepEqual(world.socket.protocols, ['flyline.v1', 'bearer.a.b.c']);
  assert.equal(world.state.name, 'connecting');
  world.open();
  assert.equal(world.state.name, 'live');
});

test('no address ever holds the token', async () => {
  const world = started();
  await world.refuse({ status: 503 });
  assert.ok(![...world.sockets, ...world.asked].some(({ url }) => url.includes('a.b.c')));
});

test('a lost link is resumed after the last position, and the page says so', () => {
  const world = started();
  world.open();
  world.logs(1, 'a', 'b');
  world.socket.onclose({ code: 1006 });
  assert.equal(world.state.name, 'waiting');
  world.advance(20_000);
  assert.equal(world.socket.url, 'wss://logs.example/v1/apps/shop/logs?since=e%3A2');
  world.open('e:2');
  assert.equal(world.items.at(-1).kind, 'reconnected');
});

test('back-off has full jitter between half a second and twenty', () => {
  assert.equal(backoff(0, () => 0), 500);
  assert.equal(backoff(50, () => 0), 500);
  assert.equal(backoff(0, () => 1), 1000);
  assert.equal(backoff(3, () => 1), 8000);
  assert.equal(backoff(50, () => 1), 20_000);
});

test('back-off grows until a stream was stable for 30 s', () => {
  const world = started();
  const waits = [];
  const cutAfter = (ms) => {
    world.open();
    world.advance(ms / 2);
    world.send({ type: 'ping', at: 'e:0' });
    world.advance(ms / 2);
    world.socket.onclose({ code: 1006 });
    waits.push(world.state.until - world.nowMs);
    world.advance(20_000);
  };
  [100, 100, 100, 31_000].forEach(cutAfter);
  assert.deepEqual(waits, [750, 1250, 2250, 750]);
});

test('the router says when to come back', () => {
  const world = started();
  world.open();
  world.send({ type: 'bye', code: 'restart', reconnect: true, after_ms: 1200 });
  assert.ok(world.socket.closed);
  assert.deepEqual(world.state, { name: 'waiting', until: world.nowMs + 1200, detail: '' });
  world.advance(1199);
  assert.equal(world.sockets.length, 1);
  world.advance(1);
  assert.equal(world.sockets.length, 2);
});

test('an expired token asks for another and resumes with it', () => {
  for (const end of [
    (world) => world.send({ type: 'bye', code: 'expired', reconnect: true, after_ms: 0 }),
    (world) => world.socket.onclose({ code: 4401 }),
  ]) {
    const world = started();
    world.open();
    world.logs(1, 'a');
    end(world);
    assert.equal(world.state.name, 'expired');
    world.advance(600_000);
    assert.equal(world.sockets.length, 1);
    world.connection.useToken('d.e.f');
    assert.equal(world.socket.protocols[1], 'bearer.d.e.f');
    assert.match(world.socket.url, /since=e%3A1$/);
  }
});

test('what will not change by trying again stops', () => {
  for (const code of [4400, 4403, 4404]) {
    const world = started();
    world.open();
    world.socket.onclose({ code, reason: '' });
    assert.equal(world.state.name, 'denied', String(code));
    assert.equal(world.pendingTimers, 0);
  }
});

test('an end is an end', () => {
  const world = started();
  world.open();
  world.send({ type: 'bye', code: 'end', reconnect: false });
  assert.equal(world.state.name, 'ended');
  assert.equal(world.pendingTimers, 0);
});

test('too many streams wait at least five seconds', () => {
  const world = started();
  world.open();
  world.socket.onclose({ code: 4429 });
  assert.equal(world.state.until - world.nowMs, 5000);
});

test('forty seconds of silence are a dead link, a ping is not', () => {
  const world = started();
  world.open();
  world.advance(30_000);
  world.send({ type: 'ping', at: 'e:0' });
  world.advance(39_000);
  assert.equal(world.state.name, 'live');
  world.advance(10_000);
  assert.ok(world.sockets[0].closed);
  assert.equal(world.sockets.length, 2);
});

test('a handshake that is never answered is given up', () => {
  const world = started();
  world.advance(21_000);
  assert.ok(world.sockets[0].closed);
  assert.ok(world.sockets.length > 1);
});

test('a refused handshake is explained by a plain request for the same thing', async () => {
  const world = started();
  await world.refuse({ status: 403 });
  assert.deepEqual(world.asked, [
    { url: 'https://logs.example/v1/apps/shop/logs?tail=0&follow=false', token: 'a.b.c' },
  ]);
  assert.equal(world.state.name, 'denied');
});

test('each refusal has its consequence', async () => {
  for (const [answer, name, waitMs] of [
    [{ status: 401 }, 'expired'],
    [{ status: 400, detail: 'since: malformed' }, 'denied'],
    [{ status: 429 }, 'waiting', 5000],
    [{ status: 429, retryAfterMs: 7000 }, 'waiting', 7000],
    [{ status: 503, retryAfterMs: 1000 }, 'waiting', 1000],
    [{ status: 503 }, 'waiting', 750],
    [{ status: 200 }, 'waiting', 750],
    [{ status: 0 }, 'waiting', 750],
  ]) {
    const world = started();
    await world.refuse(answer);
    assert.equal(world.state.name, name, JSON.stringify(answer));
    assert.equal(world.state.until && world.state.until - world.nowMs, waitMs);
  }
});

test('a page whose origin is refused says so, and tries again only when asked to', async () => {
  const world = started();
  await world.refuse({ status: 403, code: 'origin_not_allowed', detail: 'x' });
  assert.equal(world.state.name, 'blocked');
  assert.match(world.state.detail, /Host.*FLYLINE_CORS_ORIGINS/s);
  world.advance(600_000);
  assert.equal(world.sockets.length, 1);
  world.connection.retry();
  assert.equal(world.sockets.length, 2);
});

test('what keeps a stream from opening is told until it opens', async () => {
  for (const [answer, words] of [
    [{ status: 200 }, /WebSockets/],
    [{ status: 0 }, /does not answer/],
    [{ status: 502, detail: undefined }, /502/],
    [{ status: 503 }, /stopping/],
  ]) {
    const world = started();
    await world.refuse(answer);
    assert.equal(world.state.detail, '', 'once may be chance');
    world.advance(20_000);
    await world.refuse(answer);
    assert.match(world.state.detail, words);
    world.advance(20_000);
    assert.equal(world.state.name, 'connecting');
    assert.match(world.state.detail, words);
    world.open();
    world.socket.onclose({ code: 1006 });
    assert.equal(world.state.detail, '');
  }
});

test('a limit is told at once', async () => {
  const world = started();
  await world.refuse({ status: 429, code: 'too_many_viewers_per_user' });
  assert.match(world.state.detail, /too many logs open/);
});

test('waking tries at once, and leaves a healthy link alone', () => {
  const world = started();
  world.open();
  world.connection.wake();
  assert.equal(world.sockets.length, 1);
  world.socket.onclose({ code: 1006 });
  world.connection.wake();
  assert.equal(world.sockets.length, 2);
});

test('after a long sleep the silent link is replaced without waiting for a timer', () => {
  const world = started();
  world.open();
  world.nowMs += 3_600_000;
  world.connection.wake();
  assert.equal(world.state.name, 'waiting');
});

test('a stopped connection is silent for ever', async () => {
  const world = started();
  const { socket } = world;
  world.open();
  world.connection.stop();
  const told = world.states.length;
  socket.onclose({ code: 1006 });
  socket.onmessage({ data: '{"type":"logs","epoch":"e","seq":1,"lines":["x"]}' });
  world.advance(100_000);
  assert.equal(world.states.length, told);
  assert.equal(world.items.length, 0);
  assert.equal(world.sockets.length, 1);
});

test('what is not a frame is passed over', () => {
  const world = started();
  world.open();
  world.socket.onmessage({ data: 'not json' });
  world.socket.onmessage({ data: 'null' });
  world.logs(1, 'a');
  assert.equal(world.items.length, 1);
});

test('an app name cannot leave its place in the address', () => {
  assert.equal(
    logsUrl('https://x/', '../b?c#d', {}).href,
    'https://x/v1/apps/..%2Fb%3Fc%23d/logs',
  );
});
