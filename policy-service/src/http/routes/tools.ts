import { requestAnswer, type RequestAnswer } from '../../application/views/answer';
import type { Draft } from '../../application/change/draft';
import { runTool } from '../../application/requests/run-tool';
import { AppError } from '../../domain/errors';
import type { JsonObject } from '../../domain/request/request';
import { TOOL_CALL } from '../body-schemas';
import type { Route } from '../route';
import { completeRequest, execute } from './requests';

export const toolRoutes: Route[] = [
  {
    method: 'post',
    path: '/v1/tools/{action}',
    tag: 'Tools',
    summary: 'Propose, validate and decide in one call; execute too when asked and allowed',
    access: { kind: 'token', scopes: ['requests:propose', 'requests:decide'] },
    idempotencyKey: 'required',
    body: TOOL_CALL,
    status: 200,
    answer: 'Request',
    handle: async (ctx) => {
      const { caller, body, deps, record } = ctx;
      const wantsExecution = body['execute'] === true;
      if (
        wantsExecution &&
        caller.kind === 'token' &&
        !caller.token.scopes.includes('requests:execute')
      ) {
        throw new AppError(
          'insufficient_scope',
          'Executing at once needs the scope requests:execute.',
          {
            missing: ['requests:execute'],
          },
        );
      }
      const answerOf = ({ request, approval }: Draft): RequestAnswer =>
        requestAnswer(deps, request, approval);
      let recorded: RequestAnswer | undefined;
      const draft = await runTool(
        deps,
        caller,
        {
          action: ctx.params['action'] ?? '',
          arguments: body['arguments'] as JsonObject,
          requestedBy: String(body['requestedBy']),
          source: String(body['source'] ?? 'tool'),
          confidence: Number(body['confidence'] ?? 1),
          context: body['context'] as JsonObject | undefined,
        },
        record && ((made) => record((recorded = answerOf(made)))),
      );
      return recorded ?? answerOf(draft);
    },
    // After the commit, so that a repeat of the call finds the one execution, or makes up for it.
    complete: async (ctx, answer) => {
      const { id, state } = answer as RequestAnswer;
      if (ctx.body['execute'] !== true || state !== 'allowed') return completeRequest(ctx, answer);
      return execute(ctx, id);
    },
  },
];
