/** The parts of a request answer that the demo and the tests look at. */
export interface RequestAnswer {
  id: string;
  state: string;
  message: string;
  requestText?: string;
  needsPerson: boolean;
  intent?: { action: string | null; arguments: Record<string, unknown>; confidence: number };
  validation?: { valid: boolean; errors: { pointer: string; message: string }[] };
  decision?: { effect: string; reasons: { ruleId: string; message: string }[] };
  approval?: { id: string; state: string; expiresAt: string; url: string };
  execution?: { status: string; erpReference?: string; attempts: number };
  links: { self: string; timeline: string; page: string; status: string };
}

export interface TimelineItem {
  sequence: number;
  at: string;
  type: string;
  actor: { kind: string; id: string };
  moment?: string;
  data: Record<string, unknown>;
}

export interface ServiceAnswer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** The policy service's API, called with a token, a session, or nothing. */
export class ServiceClient {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string>,
  ) {}

  static withToken(url: string, token: string): ServiceClient {
    return new ServiceClient(url, { authorization: `Bearer ${token}` });
  }

  /** One call, whatever its status. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ServiceAnswer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) as T };
  }

  /** @throws Error when the answer is not 2xx */
  async get<T>(path: string): Promise<T> {
    const answer = await this.call<T>('GET', path);
    if (answer.status >= 300) {
      throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  request(id: string): Promise<RequestAnswer> {
    return this.get(`/v1/requests/${id}`);
  }

  async timeline(id: string): Promise<TimelineItem[]> {
    return (await this.get<{ items: TimelineItem[] }>(`/v1/requests/${id}/timeline`)).items;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
