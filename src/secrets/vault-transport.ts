interface TransportRequest {
  method: string;
  uri: string;
  headers: Record<string, string>;
  json?: unknown;
}

interface TransportResponse {
  statusCode: number;
  body: unknown;
  request: { path: string };
}

/** node-vault's transport, on `fetch`: a time-out on every call, and redirects are answers, never followed with the token. */
export function vaultTransport(timeoutMilliseconds: number): (request: TransportRequest) => Promise<TransportResponse> {
  return async ({ method, uri, headers, json }) => {
    const hasBody = typeof json === 'object' && json !== null;
    const answer = await fetch(uri, {
      method,
      headers: { ...headers, ...(hasBody && { 'content-type': 'application/json' }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(hasBody && { body: JSON.stringify(json) }),
    });
    return {
      statusCode: answer.status,
      body: parsedOrNull(await answer.text()),
      request: { path: new URL(uri).pathname },
    };
  };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
