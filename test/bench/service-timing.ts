const METRIC = 'execution_layer_http_request_duration_seconds';

/** By `METHOD route`: how many calls the service answered, and the seconds that they took it. */
export type Timing = Map<string, { count: number; seconds: number }>;

/** What the service itself has measured since its start (GET /metrics). */
export async function serviceTiming(serviceUrl: string): Promise<Timing> {
  const text = await (await fetch(`${serviceUrl}/metrics`)).text();
  const timing: Timing = new Map();
  for (const line of text.split('\n')) {
    const [, kind, labels = '', value] =
      new RegExp(`^${METRIC}_(count|sum)\\{(.*)\\} (\\S+)$`).exec(line) ?? [];
    if (kind === undefined) continue;
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const route = `${label('method')} ${label('route')}`;
    const seen = timing.get(route) ?? { count: 0, seconds: 0 };
    if (kind === 'count') seen.count += Number(value);
    else seen.seconds += Number(value);
    timing.set(route, seen);
  }
  return timing;
}
