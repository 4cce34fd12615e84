import { setTimeout as sleep } from 'node:timers/promises';
import { GivenUp, type Answer, type Body, type Client } from './client';
import type { Journal, KeptCall } from './journal';
import type { Operation } from './schedule';

/** A vote whose answer is lost is given again; the approval says whether it counted. */
const MOST_VOTES = 10;

/** What an operation is carried out with. */
export interface Desk {
  seed: number;
  client: Client;
  journal: Journal;
}

/**
 * One operation as a client does it: proposed, decided, approved where a person is asked, executed
 * or done under a permit, and undone where the schedule says so.
 * @throws GivenUp when a call got no answer and is not repeated
 */
export async function carryOut(desk: Desk, operation: Operation): Promise<void> {
  await sleep(operation.pauseMs);
  const script = new Script(desk, operation);
  const made = operation.inOneCall ? await script.inOneCall() : await script.stepByStep();
  const done = await script.throughApproval(made);
  if (done?.state === 'executed' && operation.undone) await script.undo(done.id);
  await script.afterwards(made.id);
}

class Script {
  private readonly sent: KeptCall[] = [];

  constructor(
    private readonly desk: Desk,
    private readonly operation: Operation,
  ) {}

  async inOneCall(): Promise<Body> {
    const { action, arguments: values } = this.operation;
    const external = action === 'portal.order';
    const body = { requestedBy: this.requester(), arguments: values, execute: !external };
    return (await this.post('tool', `/v1/tools/${action}`, body, 'current')).body;
  }

  async stepByStep(): Promise<Body> {
    const { action, arguments: values } = this.operation;
    const intent = { action, arguments: values, confidence: 1 };
    const proposal = { source: 'faults', requestedBy: this.requester(), intent };
    const { id } = (await this.post('propose', '/v1/requests', proposal)).body;
    await this.post('validate', `/v1/requests/${id}/validate`, {});
    return (await this.post('decide', `/v1/requests/${id}/decide`, {})).body;
  }

  /** On from a decision: a vote where one is asked, then the write, if it may be done. */
  async throughApproval(request: Body): Promise<Body> {
    let { state } = request;
    if (state === 'awaiting_approval') state = await this.voted(request.approval.id);
    if (state !== 'allowed' && state !== 'approved') return request;
    if (request.intent?.action === 'portal.order') return this.underPermit(request.id);
    return (await this.post('execute', `/v1/requests/${request.id}/execute`, {}, 'current')).body;
  }

  async undo(id: string): Promise<void> {
    const asked = await this.post('undo', `/v1/requests/${id}/compensate`, {
      reason: 'Not wanted',
    });
    if (asked.status === 201) await this.throughApproval(asked.body);
  }

  /** Evidence to be kept, and repeats of what was sent. */
  async afterwards(id: string): Promise<void> {
    const { client, journal } = this.desk;
    const { event, timeline, repeated } = this.operation;
    if (event) {
      const body = { type: 'faults.seen', message: 'A client saw it.' };
      const { body: told } = await this.post('event', `/v1/requests/${id}/events`, body);
      if (told.sequence !== undefined) journal.leaf(told.sequence, told.leafHash);
    }
    if (timeline) {
      const { body } = await client.read(`/v1/requests/${id}/timeline`);
      for (const { sequence, leafHash } of body.items ?? []) journal.leaf(sequence, leafHash);
    }
    if (!repeated) return;
    for (const call of this.sent) {
      await client.command({ ...call, body: call.body as object, givesUp: true });
      journal.keep(call);
    }
  }

  /** @returns the state of the request as the vote leaves it */
  private async voted(approvalId: string): Promise<string> {
    const { client } = this.desk;
    const path = `/v1/approvals/${approvalId}`;
    for (let votes = 0; votes < MOST_VOTES; votes += 1) {
      const { body } = await client.asPerson(path);
      if (body.state !== 'pending') return body.state;
      await client.asPerson(`${path}/votes`, { vote: this.operation.vote, digest: body.digest });
    }
    throw new GivenUp('The vote did not count.');
  }

  /** The holder of a permit writes somewhere else, and reports it. */
  private async underPermit(id: string): Promise<Body> {
    const { journal } = this.desk;
    const { report } = this.operation;
    const { status, body } = await this.post('permit', `/v1/requests/${id}/permits`, {});
    if (status !== 201 || body.permit === undefined) return undefined;
    const erpReference = `PORTAL-${this.operation.n}`;
    if (report !== 'failed') journal.external({ requestId: id, number: erpReference });
    const outcome = {
      permit: body.permit,
      outcome: report,
      ...(report === 'executed' ? { erpReference } : {}),
    };
    return (await this.post('report', `/v1/requests/${id}/outcome`, outcome)).body;
  }

  private requester(): string {
    return `client-${this.operation.n}@faults.example`;
  }

  private async post(
    step: string,
    path: string,
    body: object,
    repeat: KeptCall['repeat'] = 'whole',
  ): Promise<Answer> {
    const { seed, client } = this.desk;
    const call: KeptCall = { path, key: `${seed}-${this.operation.n}-${step}`, body, repeat };
    const answer = await client.command({ ...call, body, givesUp: this.operation.givesUp });
    if (answer.status < 300) this.sent.push(call);
    return answer;
  }
}
