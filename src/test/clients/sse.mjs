// An EventSource of another maker: node sse.mjs eventsource|polyfill URL TOKEN
// Says on standard output what it sees, one thing a line.
import { createRequire } from 'node:module';

const [library, url, token] = process.argv.slice(2);
const require = createRequire(process.env.CLIENTS + '/');
const say = (...words) => console.log(words.join(' '));
const headers = { Authorization: `Bearer ${token}` };

function open() {
  if (library === 'polyfill') {
    const { EventSourcePolyfill } = require('event-source-polyfill');
    return new EventSourcePolyfill(url, { headers, heartbeatTimeout: 60_000 });
  }
  const { EventSource } = require('eventsource');
  return new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
  });
}

const source = open();
source.onmessage = (event) => say('message', event.data);
for (const name of ['hello', 'gap', 'notice', 'bye']) {
  source.addEventListener(name, (event) => say(name, event.data));
}
source.onerror = () => {
  if (source.readyState === 2) {
    say('closed');
    process.exit(0);
  }
};
