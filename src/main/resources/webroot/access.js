/** Tokens: where they come from, and what the router says of them. */

import { refusalText } from './words.js';

const ANSWER_MS = 10_000;

/** Reads `#token=…&app=…`; what is not there is ''. */
export function takeFragment(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    token: tidyToken(params.get('token') ?? '').token ?? '',
    app: params.get('app') ?? '',
  };
}

/** Takes off what comes along when people copy a token: `Bearer`, quotes, line breaks. */
export function tidyToken(text) {
  const token = text
    .trim()
    .replace(/^(authorization:\s*)?bearer\s+/i, '')
    .replace(/["'\s]/g, '');
  if (token === '') {
    return { problem: 'Paste a token first.' };
  }
  return /^[\w.~+-]+$/.test(token) // what both a header and a subprotocol can carry
    ? { token }
    : { problem: 'This is not a token: it holds characters that no token has.' };
}

/** Asks which apps a token allows: `{apps}`, or `{problem, again}`: why not, and whether to retry. */
export async function listApps(base, token) {
  let response;
  try {
    response = await request(new URL('v1/apps', base), token);
    if (response.ok) {
      const { apps } = await response.json();
      return { apps: apps.filter((name) => typeof name === 'string') };
    }
  } catch {
    return { problem: 'The router did not answer. Check the connection and try again.', again: true };
  }
  return {
    problem: refusalText({ status: response.status, ...(await problemOf(response)) }),
    again: response.status !== 401,
  };
}

function text(value) {
  return typeof value === 'string' ? value : undefined;
}

/** Asks for a resource only to learn its status: `{status, code, detail, retryAfterMs}`. */
export async function ask(url, token) {
  const response = await request(url, token);
  const retryAfter = response.headers.get('Retry-After');
  const answer = {
    status: response.status,
    retryAfterMs: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined,
  };
  if (response.ok) {
    await response.body?.cancel();
    return answer;
  }
  return { ...answer, ...(await problemOf(response)) };
}

function request(url, token) {
  return fetch(url, {
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json, application/x-ndjson',
      // A browser sends Origin with a WebSocket only; the router judges the page by this one.
      'Flyline-Origin': location.origin,
    },
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
}

/** The body of an error, if it is one of the router's. */
async function problemOf(response) {
  try {
    const problem = await response.json();
    return { code: text(problem.code), detail: text(problem.detail) };
  } catch {
    return {}; // a proxy's page, or none
  }
}
