import { HttpMethod, IsomorphicFetchHttpLibrary, KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { JsonObject } from '../../src/shared/index.js';

/** The API of a cluster by hand, as somebody else who uses it. Any answer is one. */
export function clusterRequests(kubeconfig: string, context: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== '') config.setCurrentContext(context);
  return async (method: string, path: string, body?: JsonObject, type = 'application/json'): Promise<JsonObject> => {
    const request = new RequestContext(
      `${config.getCurrentCluster()?.server ?? ''}${path}`,
      HttpMethod[method as keyof typeof HttpMethod],
    );
    if (body !== undefined) {
      request.setHeaderParam('Content-Type', type);
      request.setBody(JSON.stringify(body));
    }
    await config.applySecurityAuthentication(request);
    const answer = await new IsomorphicFetchHttpLibrary().send(request).toPromise();
    const text = await answer.body.text();
    return text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { text };
  };
}
