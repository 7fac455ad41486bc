/** Lines as they stand in frames: JSON texts, friendly ones and hostile ones. */

const MACHINES = [
  ['d896d7c609dd68', 'fra'],
  ['e2865013b75986', 'fra'],
  ['3d8d9e4eb22489', 'iad'],
  ['91857246c70e83', 'syd'],
];

const ESC = '\u001b';

const MESSAGES = [
  'Server listening on http://0.0.0.0:8080',
  'GET /api/orders 200 in 12ms',
  '{"level":"error","time":1763640000123,"msg":"payment failed","ms":1500,"user":{"id":90071992547409931},"err":{"code":"card_declined"}}',
  'time=2026-11-20T12:00:01Z level=WARN msg="slow query" ms=1200 table=orders',
  `${ESC}[2m2026-11-20T12:00:01Z${ESC}[0m ${ESC}[33m WARN${ESC}[0m ${ESC}[1mhyper::proto${ESC}[0m: connection reset`,
  `${ESC}[32mPOST${ESC}[0m /api/cart ${ESC}[36m201${ESC}[0m in ${ESC}[1m8ms${ESC}[0m`,
  'java.lang.IllegalStateException: pool exhausted',
  '\tat shop.Pool.take(Pool.java:41)',
  '\tat shop.Orders.list(Orders.java:88)',
  'Caused by: java.net.ConnectException: refused',
  'DEBUG cache miss key=product:4711 shard=3',
  'GET /assets/app-3f9c1b.css 304 in 1ms ua="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36" referer=https://shop.example/categories/garden?page=3',
  'naïve café ✅ 日本語 the quick brown fox',
  '{"level":30,"msg":"order placed","order":48213,"items":["lamp","rug"],"total":129.9,"currency":"EUR"}',
  '',
  'worker 3 picked up job 8f31 (attempt 1)',
];

const PLATFORM = [
  ['runner', 'info', 'Starting machine'],
  ['proxy', 'error', '[PM05] failed to connect to machine: gave up after 15 attempts (in 8.9s)'],
  ['runner', 'warn', 'machine exited with exit code 137, not restarting'],
];

/** The i-th line of an endless, varied log. */
export function sampleLine(i) {
  const [instance, region] = MACHINES[(i * 7 + (i >> 2)) % MACHINES.length];
  const platform = i % 23 === 11 ? PLATFORM[(i / 23) % 3 | 0] : undefined;
  return JSON.stringify({
    event: { provider: platform?.[0] ?? 'app' },
    fly: { app: { instance, name: 'shop' }, region },
    host: '1f3e',
    log: { level: platform?.[1] ?? 'info' },
    message: platform?.[2] ?? MESSAGES[i % MESSAGES.length],
    timestamp: new Date(Date.now() - 37).toISOString().replace('Z', '456789Z'),
  });
}

/** Messages that have broken log viewers; each must come out as harmless text. */
export const HOSTILE_MESSAGES = [
  '<script>document.title="owned"</script><img src=x onerror=document.title="owned">',
  `${ESC}]8;;javascript:document.title='owned'${ESC}\\click me${ESC}]8;;${ESC}\\`, // CVE-2021-3377
  `${ESC}]8;;"><img src=x onerror=document.title='owned'>\u0007link${ESC}]8;;\u0007`, // CVE-2026-92973
  `${ESC}]52;c;cm0gLXJmIC8=\u0007clipboard`,
  `${ESC}]0;owned\u0007title`, // CVE-2009-4487
  `${ESC}P+q544e${ESC}\\device control`,
  `${ESC}[2J${ESC}[1;1H${ESC}[8mhidden${ESC}[0m cursor moves`,
  `\u009b31mC1 colour\u009b0m and \u009d0;title\u009c`,
  `${ESC}]unterminated string sequence stays readable`,
  `${ESC}[38;5;${'9'.repeat(5000)}m`,
  'admin\u202ecod.exe\u2066 bidi\u2069 zero\u200bwidth',
  'progress 10%\rprogress 99%\r',
  'a\u0000NUL\u0008BS\u007fDEL',
  'lone surrogate \ud800 end',
  `${ESC}[31m`.repeat(10_000) + 'ten thousand colours',
  'x'.repeat(1 << 20),
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},"msg":"<b>bold?</b>"}',
  '{"a":'.repeat(200) + '1' + '}'.repeat(200),
  'line one\nline two\r\nline three',
];

/** The same as payloads, and payloads that are no Fly lines at all. */
export const HOSTILE = [
  ...HOSTILE_MESSAGES.map((message) =>
    JSON.stringify({ event: { provider: 'app' }, fly: { app: { instance: 'm1' }, region: 'fra' }, log: { level: 'info' }, message }),
  ),
  '"not JSON at all"',
  '""',
  '"[1,2,3]"',
  '{}',
  '{"message":null,"timestamp":"yesterday","fly":7,"log":"x","event":[]}',
  '{"message":{"nested":true},"fly":{"region":["fra"]}}',
  '{"level":"warn","ts":1763640000.5,"msg":"no Fly line","id":12345678901234567890}',
];
