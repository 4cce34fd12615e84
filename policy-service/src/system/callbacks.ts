import type { CallbackSender } from '../application/change/deps';

const TIMEOUT_MS = 10_000;

/**
 * Posts to n8n's signed resume URLs, only on hosts of the allow-list and without following
 * redirects, so that the service cannot be pointed at anything else.
 * @param hosts `host:port` entries
 */
export function createCallbackSender(hosts: string[]): CallbackSender {
  const allowed = (url: string): boolean => {
    try {
      const { protocol, host, port, hostname, username, password } = new URL(url);
      const named = port ? host : `${hostname}:${protocol === 'https:' ? 443 : 80}`;
      return /^https?:$/.test(protocol) && !username && !password && hosts.includes(named);
    } catch {
      return false;
    }
  };
  return {
    allowed,
    async send(url, body) {
      if (!allowed(url)) return 'gone';
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        // The status says it all; what else comes, perhaps without end, is not read.
        await response.body?.cancel();
        if (response.ok) return 'delivered';
        // 409: n8n still saves the execution. 5xx and 429: it is restarting or busy.
        const again = response.status === 409 || response.status === 429 || response.status >= 500;
        return again ? 'retry' : 'gone';
      } catch {
        return 'retry';
      }
    },
  };
}
