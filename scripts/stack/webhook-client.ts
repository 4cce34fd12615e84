/** What the pipeline's webhook answers. */
export interface WebhookAnswer {
  status: number;
  body: {
    id?: string;
    state?: string;
    message?: string;
    reasons?: { ruleId: string; message: string }[];
    errors?: { pointer: string; code?: string; message: string }[];
    erpReference?: string;
    problem?: string;
    repeat?: string;
    links?: { status?: string };
  };
}

/** Sends one request to the pipeline's webhook; a string is sent as it is. */
export async function sendToWebhook(
  webhookUrl: string,
  payload: unknown,
  headers: Record<string, string> = {},
): Promise<WebhookAnswer> {
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as WebhookAnswer['body'] };
  } catch {
    throw new Error(`The webhook answered ${response.status} without JSON: ${text.slice(0, 300)}`);
  }
}
