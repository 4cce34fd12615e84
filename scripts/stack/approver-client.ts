import { ServiceClient, type ServiceAnswer } from './service-client';

export interface ApprovalView {
  id: string;
  requestId: string;
  state: string;
  digest: string;
  expiresAt: string;
  votes: { person: { email: string; name: string }; role: string; vote: string; at: string }[];
  [member: string]: unknown;
}

/** A person who is signed in at the policy service. */
export class ApproverClient {
  private constructor(private readonly service: ServiceClient) {}

  /** @throws Error when the sign-in is refused */
  static async signIn(
    url: string,
    person: { email: string; password: string },
  ): Promise<ApproverClient> {
    const anonymous = new ServiceClient(url, {});
    const answer = await anonymous.call<{ csrfToken: string }>('POST', '/v1/session', {
      email: person.email,
      password: person.password,
    });
    if (answer.status >= 300) throw new Error(`Sign-in of ${person.email}: ${answer.status}`);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return new ApproverClient(
      new ServiceClient(url, {
        cookie: cookies.join('; '),
        'x-csrf-token': answer.body.csrfToken,
      }),
    );
  }

  approval(id: string): Promise<ApprovalView> {
    return this.service.get(`/v1/approvals/${id}`);
  }

  /** Votes on what is shown right now, or on the digest that is given. */
  async vote(
    approvalId: string,
    vote: 'approve' | 'reject',
    more: { digest?: string; comment?: string } = {},
  ): Promise<ServiceAnswer<ApprovalView>> {
    const digest = more.digest ?? (await this.approval(approvalId)).digest;
    const body = { vote, digest, ...(more.comment ? { comment: more.comment } : {}) };
    return this.service.call('POST', `/v1/approvals/${approvalId}/votes`, body);
  }
}
