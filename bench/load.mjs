import { createHmac } from 'node:crypto';
import http from 'node:http';
import { performance } from 'node:perf_hooks';

/** Slack's signed, form-encoded delivery. */
export function signedForm(signingSecret, fields) {
  const body = new URLSearchParams(fields).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'x-slack-signature': signature,
      'x-slack-request-timestamp': timestamp,
    },
  };
}

/**
 * Sends `makeRequest(0..count-1)` over kept-alive connections, `concurrency` at a time, each as soon as the one before it on its
 * lane is answered (closed loop). Latencies in milliseconds, from the first byte sent to the last byte received.
 */
export async function load({ url, count, concurrency, makeRequest }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies = [];
  const statuses = {};
  let next = 0;
  const begun = performance.now();
  const lane = async () => {
    for (let n = next++; n < count; n = next++) {
      const { body, headers } = makeRequest(n);
      const start = performance.now();
      const { status, text } = await post(url, agent, headers, body);
      latencies.push(performance.now() - start);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status !== 200) throw new Error(`Request ${n} was answered ${status}: ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { count, concurrency, perSecond: count / seconds, ...percentiles(latencies), statuses };
}

function post(url, agent, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

export function percentiles(milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}
