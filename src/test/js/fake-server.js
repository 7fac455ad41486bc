/**
 * A router's double: serves the page under its real Content-Security-Policy and speaks flyline.v1.
 * The app's name chooses what happens; see APPS. Run it by hand with
 * `node src/test/js/fake-server.js --serve [port]` and open `/#token=dev`.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { HOSTILE, sampleLine } from './sample-lines.js';

const WEBROOT = new URL('../../main/resources/webroot/', import.meta.url);
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** What each app does after its first lines. */
const APPS = {
  shop: (stream) => stream.every(400, () => stream.line(sampleLine(stream.next))),
  flood: (stream) => stream.every(50, () => stream.burst(100)),
  hostile: (stream) => HOSTILE.forEach((line) => stream.line(line)),
  gaps: (stream) => {
    for (const [cause, count] of Object.entries({ slow: 58, evicted: 1200, upstream: 3, failover: null, unwatched: null, quota: 40 })) {
      stream.gap(cause, count);
      stream.burst(2);
    }
    stream.send({ type: 'notice', code: 'nats_reconnecting', detail: 'nats: timeout' });
    stream.send({ type: 'expiring', in: 60 });
  },
  restart: (stream) => {
    stream.every(100, () => stream.burst(1));
    stream.after(2000, () => stream.bye('restart', 1012, { reconnect: true, after_ms: 3000 }));
  },
  crash: (stream) => stream.after(1000, () => stream.destroy()),
  expires: (stream) => stream.after(1500, () => stream.bye('expired', 4401, { reconnect: true, after_ms: 0 })),
  quiet: () => {},
};

/** Starts a server; `port` 0 takes a free one. Resolves to `{ url, close }`. */
export async function start(port = 0) {
  const logs = new Map(Object.keys(APPS).map((app) => [app, []]));
  const server = createServer((request, response) => answer(request, response));
  server.on('upgrade', (request, socket) => upgrade(request, socket, logs));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/v1/')) {
    return answerApi(request, url, response);
  }
  const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
  try {
    const body = await readFile(new URL(name, WEBROOT));
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)], 'Content-Security-Policy': CSP });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function answerApi(request, url, response) {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const status = statusOf(token, url.pathname);
  if (status !== 200) {
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify({ code: 'refused', detail: 'refused by the double' }));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ apps: token === 'one' ? ['shop'] : [...Object.keys(APPS), 'denied'] }));
}

function statusOf(token, path) {
  if (token === '' || token === 'bad') {
    return 401;
  }
  return path.includes('/denied/') ? 403 : 200;
}

function upgrade(request, socket, logs) {
  const url = new URL(request.url, 'http://localhost');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  const token = offered.find((name) => name.startsWith('bearer.'))?.slice(7) ?? '';
  const status = statusOf(token, url.pathname);
  if (status !== 200) {
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: flyline.v1\r\n\r\n`,
  );
  const app = url.pathname.split('/')[3];
  const stream = new Stream(socket, app, logs.get(app));
  stream.open(url.searchParams);
  APPS[app](stream);
}

/** One WebSocket and the app's log so far, shared by all streams of the app. */
class Stream {
  #socket;
  #app;
  #log;
  #timers = [];

  constructor(socket, app, log) {
    this.#socket = socket;
    this.#app = app;
    this.#log = log;
    socket.on('close', () => this.#timers.forEach(clearInterval));
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if ((data[0] & 0x0f) === 8) {
        socket.end(); // the client closes
      }
    });
  }

  get next() {
    return this.#log.length + 1;
  }

  open(params) {
    if (this.#log.length === 0 && this.#app !== 'quiet' && this.#app !== 'hostile') {
      for (let i = 1; i <= 60; i++) {
        this.#log.push(sampleLine(i));
      }
    }
    const since = params.get('since');
    const from = since ? Number(since.split(':')[1]) : Math.max(0, this.#log.length - Number(params.get('tail')));
    this.send({ type: 'hello', app: this.#app, node: 'n1', region: 'fra', epoch: 'e1', oldest: 1, head: this.#log.length, at: `e1:${from}`, expires: 4102444800 });
    const lines = this.#log.slice(from);
    if (lines.length > 0) {
      this.#send(`{"type":"logs","app":"${this.#app}","epoch":"e1","seq":${from + 1},"lines":[${lines}]}`);
    }
  }

  line(payload) {
    this.#log.push(payload);
    this.#send(`{"type":"logs","app":"${this.#app}","epoch":"e1","seq":${this.#log.length},"lines":[${payload}]}`);
  }

  burst(n) {
    const seq = this.next;
    const lines = Array.from({ length: n }, (_, i) => sampleLine(seq + i));
    this.#log.push(...lines);
    this.#send(`{"type":"logs","app":"${this.#app}","epoch":"e1","seq":${seq},"lines":[${lines}]}`);
  }

  gap(cause, count) {
    this.#log.push('"(mark)"');
    const at = `e1:${this.#log.length}`;
    this.send({ type: 'gap', app: this.#app, from: at, to: at, count, cause });
  }

  bye(code, closeCode, more) {
    this.send({ type: 'bye', code, ...more });
    this.#frame(8, Buffer.from([closeCode >> 8, closeCode & 0xff]));
    this.#socket.end();
  }

  destroy() {
    this.#socket.destroy();
  }

  every(ms, run) {
    this.#timers.push(setInterval(run, ms));
  }

  after(ms, run) {
    this.#timers.push(setTimeout(run, ms));
  }

  send(frame) {
    this.#send(JSON.stringify(frame));
  }

  #send(text) {
    this.#frame(1, Buffer.from(text));
  }

  #frame(opcode, payload) {
    const size = payload.length;
    const head = Buffer.alloc(size < 126 ? 2 : size < 65536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    if (size < 126) {
      head[1] = size;
    } else if (size < 65536) {
      head[1] = 126;
      head.writeUInt16BE(size, 2);
    } else {
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(size), 2);
    }
    if (this.#socket.writable) {
      this.#socket.write(Buffer.concat([head, payload]));
    }
  }
}

// The test runner loads every file here, so being loaded is not enough to serve.
if (process.argv[2] === '--serve') {
  const server = await start(Number(process.argv[3] ?? 8090));
  console.log(`${server.url}#token=dev`);
}
